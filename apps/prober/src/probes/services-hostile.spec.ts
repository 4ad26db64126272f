/** What every database and broker may do wrong, tried on every probe of one. */
import { describe, expect, it } from '@jest/globals';
import { probeSchema, type Evidence } from '@quorate/contracts';
import type { Outbound } from '@quorate/outbound';
import {
  amqpStandIn,
  byteByByte,
  cutAfter,
  kafkaStandIn,
  mongodbStandIn,
  mqttStandIn,
  mysqlStandIn,
  postgresqlStandIn,
  redisStandIn,
  startPeerServer,
  type Delivery,
  type Peer,
  type PeerScript,
  type PeerServer,
} from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { performProbe } from './probe.ts';

const password = 'correct horse';
const cutsMax = 24;

interface Row {
  readonly type: string;
  readonly name: string;
  /** A target without host and port. */
  readonly settings: object;
  /** All that a healthy server says to it. */
  readonly healthy: PeerScript;
  /** Whether the server begins. */
  readonly speaksFirst?: boolean;
  readonly target?: (host: string, port: number) => object;
}

const rows: readonly Row[] = [
  {
    type: 'postgresql',
    name: 'PostgreSQL',
    settings: { username: 'watcher', password },
    healthy: postgresqlStandIn({ auth: 'md5', password }),
  },
  {
    type: 'redis',
    name: 'Redis',
    settings: { password, database: 1 },
    healthy: redisStandIn({ password }),
  },
  {
    type: 'mysql',
    name: 'MySQL',
    settings: { username: 'watcher', password },
    healthy: mysqlStandIn({ password }),
    speaksFirst: true,
  },
  {
    type: 'mqtt',
    name: 'MQTT',
    settings: { username: 'watcher', password, topic: 'sensors/#' },
    healthy: mqttStandIn(),
  },
  {
    type: 'amqp',
    name: 'AMQP 0-9-1',
    settings: { username: 'watcher', password, queue: 'orders' },
    healthy: amqpStandIn({ password }),
  },
  {
    type: 'kafka',
    name: 'Kafka',
    settings: { sasl: { mechanism: 'plain', username: 'watcher', password }, topic: 'orders' },
    healthy: kafkaStandIn({ mechanism: 'PLAIN', password }),
    target: (host, port) => ({ brokers: [`${host}:${port}`] }),
  },
  {
    type: 'mongodb',
    name: 'MongoDB',
    settings: { username: 'watcher', password },
    healthy: mongodbStandIn({ password }),
  },
];

const stage = await openProbeStage();
let server: PeerServer;

interface LookSettings {
  readonly changes?: object;
  readonly deliver?: Delivery;
  readonly timeoutMs?: number;
  readonly outbound?: Outbound;
}

async function visit({ type, settings, target }: Row, port: number, look: LookSettings = {}): Promise<Evidence> {
  const { changes = {}, deliver: _deliver, ...context } = look;
  const where = target?.('localhost', port) ?? { host: 'localhost', port };
  const probe = probeSchema.parse({ type, [type]: { ...where, ...settings, ...changes } });
  return await performProbe(probe, stage.context(context));
}

async function look(row: Row, script: PeerScript, settings: LookSettings = {}): Promise<Evidence> {
  server = await stage.serve(startPeerServer(script, settings.deliver));
  return await visit(row, server.port, settings);
}

const httpAnswer = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n400 Bad Request';
const garbage = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 167 + 13) % 256));

/** As a server does that hears something: it answers what it is sent at once. */
const heard = async ({ speaksFirst = false }: Row, peer: Peer): Promise<void> =>
  void (speaksFirst || (await peer.take(1)));

describe.each(rows)('a probe of $name', (row) => {
  const { name } = row;

  it('is up where the server is healthy, and leaves no connection behind', async () => {
    const evidence = await look(row, row.healthy);
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, message: null, address: '127.0.0.1' });
    const { dnsMs, connectMs, tlsMs, ttfbMs, transferMs, totalMs } = evidence.phases;
    const sum = [dnsMs, connectMs, tlsMs, ttfbMs, transferMs].reduce<number>((total, ms) => total + (ms ?? 0), 0);
    expect(totalMs).toBeCloseTo(sum, 2);
    await server.untilAlone();
  });

  it('is up where each byte comes on its own', async () => {
    expect(await look(row, row.healthy, { deliver: byteByByte })).toMatchObject({ outcome: 'up' });
  });

  it('is down where the server hangs up after whatever number of bytes', async () => {
    let total = 0;
    await look(row, row.healthy, {
      deliver: (bytes, socket) => {
        total += bytes.length;
        socket.write(bytes);
      },
    });
    const cutCount = Math.min(total, cutsMax);
    const cuts = Array.from({ length: cutCount }, (_, index) => Math.floor((index * total) / cutCount));
    for (const byteCount of cuts) {
      const evidence = await look(row, row.healthy, { deliver: cutAfter(byteCount) });
      expect({ byteCount, ...evidence }).toMatchObject({ byteCount, outcome: 'down', reason: 'service.unavailable' });
    }
  });

  it('is down at its deadline where the server says nothing', async () => {
    const silence = await look(row, () => undefined, { timeoutMs: 150 });
    expect(silence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    await server.untilAlone();
  });

  it.each<[string, Buffer | string]>([
    ['answers in HTTP', httpAnswer],
    ['sends garbage', garbage],
    ['sends one bit over and over', Buffer.alloc(4_096, 0xff)],
  ])('is down where something else is there that %s', async (_what, answer) => {
    const script: PeerScript = async (peer) => {
      await heard(row, peer);
      peer.write(answer);
    };
    expect(await look(row, script)).toMatchObject({
      outcome: 'down',
      reason: 'protocol.mismatch',
      message: expect.stringContaining(`does not speak ${name}`),
      excerpt: expect.any(String),
    });
  });

  it('is down where zeros come without end, in flat memory and with little work', async () => {
    const zeros = Buffer.alloc(65_536);
    const before = process.memoryUsage.rss();
    const begun = process.cpuUsage();
    const evidence = await look(row, async (peer) => {
      for (let count = 0; count < 64; count++) peer.write(zeros);
    });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'protocol.mismatch' });
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(900);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64e6);
  });

  it('is down where the server closes or resets at once', async () => {
    expect(await look(row, (peer) => peer.end())).toMatchObject({
      reason: 'service.unavailable',
      message: `the ${name} server closed the connection instead of answering`,
    });
    const reset = await look(row, async (peer) => {
      await heard(row, peer);
      peer.reset();
    });
    expect(reset).toMatchObject({ reason: 'connect.reset' });
  });

  it('says so where the server wants TLS', async () => {
    const evidence = await look(row, async (peer) => {
      await heard(row, peer);
      peer.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]));
      peer.end();
    });
    expect(evidence).toMatchObject({ reason: 'protocol.mismatch', message: expect.stringMatching(/speaks TLS there/) });
  });

  it('never repeats its password', async () => {
    const echo: PeerScript = (peer) => peer.write(`${password} ${Buffer.from(password).toString('base64')}\r\n\0\0`);
    const evidence = await look(row, echo);
    expect(evidence).toMatchObject({ outcome: 'down' });
    const told = JSON.stringify(evidence);
    expect(told).not.toContain(password);
    expect(told).not.toContain(Buffer.from(password).toString('base64'));
  });

  it('dials no address that is not permitted', async () => {
    server = await stage.serve(startPeerServer(row.healthy));
    expect(await visit(row, server.port, { outbound: stage.publicOnly })).toMatchObject({ reason: 'blocked.address' });
    expect(server.connectionCount).toBe(0);
  });

  it('is down where nobody listens', async () => {
    server = await stage.serve(startPeerServer(row.healthy));
    const { port } = server;
    await server.close();
    expect(await visit(row, port)).toMatchObject({ reason: 'connect.refused' });
  });
});
