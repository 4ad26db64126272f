/** MQTT, AMQP and Kafka: what each broker may answer, and what that means. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { probeSchema, type Evidence } from '@quorate/contracts';
import {
  amqpStandIn,
  kafkaStandIn,
  mqttStandIn,
  startPeerServer,
  type AmqpStandInSettings,
  type KafkaStandInSettings,
  type MqttStandInSettings,
  type PeerScript,
  type PeerServer,
} from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { performProbe } from './probe.ts';

const password = 'correct horse';
const stage = await openProbeStage();
let servers: PeerServer[] = [];

beforeEach(() => void (servers = []));

async function serve(script: PeerScript): Promise<PeerServer> {
  const server = await stage.serve(startPeerServer(script));
  servers.push(server);
  return server;
}

async function perform(probe: object): Promise<Evidence> {
  return await performProbe(probeSchema.parse(probe), stage.context());
}

describe('an MQTT broker', () => {
  async function look(settings: MqttStandInSettings, changes: object = {}): Promise<Evidence> {
    const { port } = await serve(mqttStandIn(settings));
    return await perform({ type: 'mqtt', mqtt: { host: 'localhost', port, ...changes } });
  }
  const five = { protocolVersion: '5' };

  it.each([
    ['3.1.1', {}, { connack: [0x20, 2, 0, 0] }],
    ['5', five, { connack: [0x20, 3, 0, 0, 0] }],
    ['5, with properties', five, { connack: [0x20, 11, 0, 0, 8, 0x21, 0, 20, 0x27, 0, 1, 0, 0] }],
  ])('that takes the connection by version %s is up', async (_version, changes, settings) => {
    expect(await look(settings, changes)).toMatchObject({ outcome: 'up', reason: null });
    await servers[0]!.untilAlone();
    expect(servers[0]!.received).toMatch(/^\x10.*\xe0\0$/s); // eslint-disable-line no-control-regex -- packets
  });

  it('is given another client ID in each round, or the one of the monitor, and the credentials', async () => {
    await look({});
    await look({}, { clientId: 'watcher-eu', username: 'watcher', password });
    const [first = '', second = ''] = servers.map(({ received }) => received);
    expect(first).toMatch(/\0\x16quorate-[0-9a-f]{14}/); // eslint-disable-line no-control-regex -- a packet
    expect(second).toContain(`watcher-eu\0\x07watcher\0\x0d${password}`);
  });

  it.each<[string, readonly number[], object, string, RegExp]>([
    ['the version', [0x20, 2, 0, 1], {}, 'protocol.mismatch', /does not speak this version/],
    ['the client ID', [0x20, 2, 0, 2], {}, 'auth.refused', /client ID/],
    ['to work', [0x20, 2, 0, 3], {}, 'service.unavailable', /it is unavailable/],
    ['the password', [0x20, 2, 0, 4], {}, 'auth.refused', /bad user name or password/],
    ['the user', [0x20, 2, 0, 5], {}, 'auth.refused', /not authorised/],
    ['by a code of its own', [0x20, 2, 0, 77], {}, 'service.unavailable', /code 77/],
    ['the user of version 5', [0x20, 8, 0, 0x87, 5, 0x1f, 0, 2, 0x6e, 0x6f], five, 'auth.refused', /authorised.*: no$/],
    ['by hanging up', [0xe0, 2, 0x8b, 0], five, 'service.unavailable', /hung up: it shuts down/],
    ['by asking for more', [0xf0, 2, 0x18, 0], five, 'auth.refused', /another way to log in/],
    ['with a property that is none', [0x20, 4, 0, 0x87, 1, 0x77], five, 'protocol.mismatch', /property/],
    ['with flags that are none', [0x20, 2, 8, 0], {}, 'protocol.mismatch', /unknown way/],
  ])('that refuses %s is down', async (_what, connack, changes, reason, message) => {
    const evidence = await look({ connack }, changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it.each<[string, string, string | null, readonly number[]]>([
    ['is granted', 'up', null, [0x90, 3, 0, 1, 0]],
    ['is granted while messages come', 'up', null, [0x30, 4, 0, 1, 0x61, 0x62, 0x90, 3, 0, 1, 0]],
    ['is refused', 'down', 'auth.refused', [0x90, 3, 0, 1, 0x80]],
  ])('whose topic %s is %s', async (_what, outcome, reason, suback) => {
    expect(await look({ suback }, { topic: 'sensors/#' })).toMatchObject({ outcome, reason });
  });

  it('that confirms another subscription is down', async () => {
    const settings = { suback: [0x90, 3, 0, 9, 0], confirmsAnother: true };
    const evidence = await look(settings, { topic: 'sensors/#' });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'protocol.mismatch' });
  });

  it('is spoken to over TLS', async () => {
    expect(await look({ issued: stage.issued }, { tls: 'verify' })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it('takes no password without a user', () => {
    expect(probeSchema.safeParse({ type: 'mqtt', mqtt: { host: 'h', password } }).success).toBe(false);
  });
});

describe('an AMQP broker', () => {
  async function look(settings: AmqpStandInSettings, changes: object = {}): Promise<Evidence> {
    const { port } = await serve(amqpStandIn({ password, ...settings }));
    const amqp = { host: 'localhost', port, username: 'watcher', password, ...changes };
    return await perform({ type: 'amqp', amqp });
  }

  it('that opens the virtual host is up, and told goodbye', async () => {
    expect(await look({}, { vhost: 'shop' })).toMatchObject({ outcome: 'up', reason: null });
    expect(servers[0]!.received).toContain('\x04shop');
    await servers[0]!.untilAlone();
    expect(servers[0]!.received).toContain('\0\x0a\0\x32\0\xc8');
  });

  it('that has the queue is up', async () => {
    expect(await look({}, { queue: 'orders' })).toMatchObject({ outcome: 'up', reason: null });
  });

  it.each<[string, AmqpStandInSettings, object, string, RegExp]>([
    ['refuses the password', {}, { password: 'x' }, 'auth.refused', /ACCESS_REFUSED - Login was refused.*\(403\)/],
    ['takes no password', { mechanisms: 'EXTERNAL' }, {}, 'auth.refused', /no PLAIN log-in, only EXTERNAL/],
    [
      'lacks the host',
      { vhostError: [530, 'NOT_ALLOWED - vhost x not found'] },
      {},
      'auth.refused',
      /vhost x not found/,
    ],
    ['stops', { vhostError: [320, 'CONNECTION_FORCED'] }, {}, 'service.unavailable', /CONNECTION_FORCED \(320\)/],
    ['lacks the queue', { queueError: [404, 'NOT_FOUND'] }, { queue: 'q' }, 'service.unavailable', /NOT_FOUND \(404\)/],
  ])('that %s is down', async (_what, settings, changes, reason, message) => {
    const evidence = await look(settings, changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it('of another version is none', async () => {
    const { port } = await serve((peer) => peer.write('AMQP\0\x01\0\0'));
    const amqp = { host: 'localhost', port, username: 'watcher' };
    expect(await perform({ type: 'amqp', amqp })).toMatchObject({ reason: 'protocol.mismatch' });
  });

  it('is spoken to over TLS', async () => {
    expect(await look({ issued: stage.issued }, { tls: 'verify' })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });
});

describe('a Kafka broker', () => {
  const sasl = (mechanism: string, secret = password) => ({
    sasl: { mechanism, username: 'watcher', password: secret },
  });

  async function look(settings: KafkaStandInSettings, changes: object = {}): Promise<Evidence> {
    const { port } = await serve(kafkaStandIn({ password, ...settings }));
    return await perform({ type: 'kafka', kafka: { brokers: [`localhost:${port}`], ...changes } });
  }

  it.each<[string, KafkaStandInSettings, object]>([
    ['asks for no log-in', {}, {}],
    ['takes a password', { mechanism: 'PLAIN' }, sasl('plain')],
    ['takes SCRAM-SHA-256', { mechanism: 'SCRAM-SHA-256' }, sasl('scram-sha-256')],
    ['takes SCRAM-SHA-512', { mechanism: 'SCRAM-SHA-512' }, sasl('scram-sha-512')],
    ['has the topic', {}, { topic: 'orders' }],
  ])('that %s is up', async (_what, settings, changes) => {
    expect(await look(settings, changes)).toMatchObject({ outcome: 'up', reason: null });
  });

  it.each<[string, KafkaStandInSettings, object, string, RegExp]>([
    ['refuses the password', { mechanism: 'PLAIN' }, sasl('plain', 'x'), 'auth.refused', /Invalid credentials \(58\)/],
    ['refuses the proof', { mechanism: 'SCRAM-SHA-512' }, sasl('scram-sha-512', 'x'), 'auth.refused', /Invalid/],
    ['takes another mechanism', { mechanism: 'SCRAM-SHA-512' }, sasl('plain'), 'auth.refused', /only SCRAM-SHA-512/],
    ['knows no log-in', {}, sasl('plain'), 'auth.refused', /takes no log-in: set sasl to null/],
    ['wants a log-in', { mechanism: 'PLAIN' }, {}, 'service.unavailable', /as one does that wants a log-in: set sasl$/],
    ['lacks the topic', { topicError: 3, leaders: [] }, { topic: 'x' }, 'service.unavailable', /there is no topic x/],
    ['hides the topic', { topicError: 29, leaders: [] }, { topic: 'x' }, 'auth.refused', /may not look at topic x/],
    ['lacks leaders', { leaders: [1, -1, -1] }, { topic: 'x' }, 'service.unavailable', /2 of 3 .* no leader: 1, 2$/],
    ['has an empty topic', { leaders: [] }, { topic: 'x' }, 'service.unavailable', /topic x has no partition/],
    ['has no controller', { controllerId: -1 }, {}, 'service.unavailable', /no controller/],
    ['knows of nobody', { brokerCount: 0 }, {}, 'service.unavailable', /no broker that is alive/],
    ['is too old', { metadataVersions: [0, 3] }, {}, 'protocol.mismatch', /no version of Kafka from 0.11 on/],
  ])('that %s is down', async (_what, settings, changes, reason, message) => {
    const evidence = await look(settings, changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it('is spoken to over TLS', async () => {
    expect(await look({ issued: stage.issued }, { tls: 'verify' })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it.each<[string, PeerScript]>([
    ['says nothing', () => undefined],
    ['is something else', (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up', (peer) => peer.end()],
  ])('that %s leaves its turn to the next', async (_what, script) => {
    const [bad, good] = [await serve(script), await serve(kafkaStandIn())];
    const brokers = [bad, good].map(({ port }) => `127.0.0.1:${port}`);
    expect(await perform({ type: 'kafka', kafka: { brokers } })).toMatchObject({ outcome: 'up', excerpt: null });
    await bad.untilAlone();
  });

  it('is told of by the first that failed where all do', async () => {
    const [silent, closing] = [await serve(() => undefined), await serve((peer) => peer.end())];
    const brokers = [silent, closing].map(({ port }) => `127.0.0.1:${port}`);
    expect(await perform({ type: 'kafka', kafka: { brokers } })).toMatchObject({
      reason: 'timeout.response',
      message: 'the Kafka server did not answer within its turn',
    });
  });

  it.each(['kafka-1', ':9092', 'kafka-1:0', 'a b:9092', '2001:db8::1:9092'])('is not named %j', (broker) => {
    expect(probeSchema.safeParse({ type: 'kafka', kafka: { brokers: [broker] } }).success).toBe(false);
  });
});
