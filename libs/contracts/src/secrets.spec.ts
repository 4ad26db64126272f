import { describe, expect, it } from '@jest/globals';
import { channelSettingsSchema, heartbeatSettingsSchema, mapChannelSecrets } from './channel.ts';
import { mapProbeSecrets, probeSchema } from './probe.ts';
import { isSecretHeader } from './secrets.ts';

const hide = (_secret: string, field: string) => `<${field}>`;

describe('secrets', () => {
  it.each([
    ['Authorization', true],
    ['cookie', true],
    ['X-Api-Key', true],
    ['x-auth-token', true],
    ['accept', false],
    ['x-probe', false],
  ])('a header named %s: %s', (name, secret) => {
    expect(isSecretHeader(name)).toBe(secret);
  });

  it('of a probe are its credentials and the headers that carry one', () => {
    const probe = probeSchema.parse({
      type: 'http',
      http: {
        url: 'https://example.com',
        auth: { type: 'basic', username: 'me', password: 'pw' },
        headers: { 'X-Api-Key': 'k', accept: 'text/html' },
      },
    });
    expect(mapProbeSecrets(probe, hide)).toMatchObject({
      http: {
        auth: { username: 'me', password: '</http/auth/password>' },
        headers: { 'X-Api-Key': '</http/headers/x-api-key>', accept: 'text/html' },
      },
    });
  });

  it.each([
    [
      { type: 'digest', username: 'me', password: 'pw' },
      { username: 'me', password: '</http/auth/password>' },
    ],
    [{ type: 'bearer', token: 't' }, { token: '</http/auth/token>' }],
    [
      { type: 'oauth2', tokenUrl: 'https://login.test/token', clientId: 'id', clientSecret: 's' },
      { clientId: 'id', clientSecret: '</http/auth/clientSecret>' },
    ],
  ])('of an HTTP probe are those of %j', (auth, mapped) => {
    const probe = probeSchema.parse({ type: 'http', http: { url: 'https://example.com', auth } });
    expect(mapProbeSecrets(probe, hide)).toMatchObject({ http: { auth: mapped } });
  });

  it('of an HTTP probe are its private key, with more room, and the passphrase', () => {
    const certificate = '-----BEGIN CERTIFICATE-----';
    const clientCertificate = { certificate, key: 'k', passphrase: 'p' };
    const http = { url: 'https://example.com', tls: { ca: certificate, clientCertificate } };
    const mapped = mapProbeSecrets(
      probeSchema.parse({ type: 'http', http }),
      (_secret, field, room = 0) => `${field} ${room}`,
    );
    const at = '/http/tls/clientCertificate';
    const sealed = { certificate, key: `${at}/key 16384`, passphrase: `${at}/passphrase 0` };
    expect(mapped).toMatchObject({ http: { tls: { ca: certificate, clientCertificate: sealed } } });
  });

  it('of a channel are its keys', () => {
    const pagerduty = channelSettingsSchema.parse({
      name: 'On call',
      type: 'pagerduty',
      pagerduty: { routingKey: 'k' },
    });
    expect(mapChannelSecrets(pagerduty, hide)).toMatchObject({ pagerduty: { routingKey: '</pagerduty/routingKey>' } });
    const webhook = channelSettingsSchema.parse({
      name: 'Hook',
      type: 'webhook',
      webhook: { url: 'https://example.com/hook', secret: 's', headers: { Authorization: 'Bearer x' } },
    });
    expect(mapChannelSecrets(webhook, hide)).toMatchObject({
      webhook: { secret: '</webhook/secret>', headers: { Authorization: '</webhook/headers/authorization>' } },
    });
    const heartbeat = heartbeatSettingsSchema.parse({
      name: 'Watch',
      type: 'heartbeat',
      heartbeat: { url: 'https://hc.example/ping/1', method: 'GET' },
    });
    expect(mapChannelSecrets(heartbeat, hide)).toMatchObject({ heartbeat: { url: '</heartbeat/url>', method: 'GET' } });
  });
});
