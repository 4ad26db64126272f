/** The probe of Kafka logs in to a real broker: each mechanism, in the clear and over TLS, and each refusal. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { probeSchema, type Evidence } from '@quorate/contracts';
import { kafkaAvailability, startKafka, type KafkaCluster } from '@quorate/kafka-broker';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { createAuthority } from '@quorate/testing';
import { performProbe } from './probe.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

const startMsMax = 90_000;
const timeoutMs = 20_000;
const user = { username: 'watcher', password: randomBytes(12).toString('hex') };
const all = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const plain = { mechanism: 'plain', ...user };
const scram = { mechanism: 'scram-sha-512', ...user };

const suite = kafkaAvailability().available ? describe : describe.skip;

suite('logging in to a real Kafka', () => {
  const stop = new AbortController();
  let kafka: KafkaCluster;
  let surroundings: ProbeSurroundings;
  let listeners: Readonly<Record<'open' | 'everything' | 'strict' | 'overTls', string>>;

  beforeAll(async () => {
    const authority = await createAuthority();
    const identity = await authority.issue({ names: ['127.0.0.1'] });
    const secured = [{ mechanisms: all }, { mechanisms: ['SCRAM-SHA-512'] as const }, { mechanisms: all, identity }];
    kafka = await startKafka({ brokers: 1, access: { user, listeners: secured } });
    const [open = ''] = kafka.brokers;
    const [everything = '', strict = '', overTls = ''] = kafka.secured;
    listeners = { open, everything, strict, overTls };
    surroundings = createSurroundings({
      guard: new AddressGuard(allowLoopback),
      region: 'eu',
      version: '1',
      signal: stop.signal,
      certificateAuthorities: authority.certificate,
    });
  }, startMsMax);
  afterAll(async () => {
    stop.abort();
    await kafka?.stop();
  });

  async function look(listener: keyof typeof listeners, settings: object): Promise<Evidence> {
    const startedAt = Date.now();
    const probe = probeSchema.parse({ type: 'kafka', kafka: { brokers: [listeners[listener]], ...settings } });
    return await performProbe(probe, { ...surroundings, monitorKey: 'm', startedAt, timeoutMs, dueAt: startedAt });
  }

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('lets in who knows the password, by %s', async (mechanism) => {
    const sasl = { ...user, mechanism };
    expect(await look('everything', { sasl })).toMatchObject({ outcome: 'up', message: null });
    const evidence = await look('overTls', { sasl, tls: 'verify' });
    expect(evidence).toMatchObject({ outcome: 'up', message: null, certificate: { warning: false } });
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('is down with a wrong password, by %s', async (mechanism) => {
    const sasl = { mechanism, username: user.username, password: 'wrong' };
    const evidence = await look('everything', { sasl });
    expect(evidence).toMatchObject({
      outcome: 'down',
      reason: 'auth.refused',
      message: expect.stringMatching(/^the broker refused the log-in: Authentication failed.*\(58\)$/),
    });
  });

  it.each<[string, keyof typeof listeners, object, string, RegExp]>([
    ['a user that it lacks', 'everything', { sasl: { ...scram, username: 'nobody' } }, 'auth.refused', /\(58\)$/],
    ['a mechanism that it does not take', 'strict', { sasl: plain }, 'auth.refused', /no PLAIN .*only SCRAM-SHA-512$/],
    ['a log-in where none is taken', 'open', { sasl: plain }, 'auth.refused', /set sasl to null/],
    ['no log-in where one is wanted', 'everything', {}, 'service.unavailable', /wants a log-in: set sasl$/],
    ['a log-in in the clear where TLS is spoken', 'overTls', { sasl: plain }, 'protocol.mismatch', /set tls/],
    ['TLS where none is spoken', 'everything', { sasl: plain, tls: 'verify' }, 'tls.handshake', /TLS/],
  ])('is down: %s', async (_what, listener, settings, reason, message) => {
    const evidence = await look(listener, settings);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
    expect(JSON.stringify(evidence)).not.toContain(user.password);
  });
});
