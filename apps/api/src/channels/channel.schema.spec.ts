/** What a channel is completed with. */
import { describe, expect, it } from '@jest/globals';
import { completeChannel, isSigningSecret, newChannelSchema, newSigningSecret } from './channel.schema.ts';

const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');

describe('a signing secret', () => {
  it.each([
    [`whsec_${base64(24)}`, true],
    [`whsec_${base64(64)}`, true],
    [`whsec_${base64(23)}`, false],
    [`whsec_${base64(65)}`, false],
    [base64(32), false],
    ['whsec_not base64', false],
    ['', false],
  ])('%s: %s', (secret, isOne) => expect(isSigningSecret(secret)).toBe(isOne));

  it('that is made is one, and another each time', () => {
    expect(isSigningSecret(newSigningSecret())).toBe(true);
    expect(newSigningSecret()).not.toBe(newSigningSecret());
  });
});

describe('completeChannel', () => {
  const webhook = { name: 'Hook', type: 'webhook', webhook: { url: 'https://hook.example.com' } };

  it('makes a secret where a webhook has none', () => {
    const { settings, hasNewSecret } = completeChannel(newChannelSchema.parse(webhook));
    expect(hasNewSecret).toBe(true);
    expect(settings.type === 'webhook' && isSigningSecret(settings.webhook.secret)).toBe(true);
  });

  it('takes the secret that is given', () => {
    const given = { ...webhook, webhook: { ...webhook.webhook, secret: 'given' } };
    expect(completeChannel(newChannelSchema.parse(given))).toMatchObject({
      settings: { webhook: { secret: 'given' } },
      hasNewSecret: false,
    });
  });
});
