/** Authorities and client certificates that a monitor brings along, alike with each type that speaks TLS. */
import { describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { connect, createServer as createPlainServer, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { probeSchema, type Evidence } from '@quorate/contracts';
import {
  amqpStandIn,
  closeServer,
  createAuthority,
  dnsReply,
  grpcAnswer,
  healthMessage,
  kafkaStandIn,
  listenOnLoopback,
  mongodbStandIn,
  mqttStandIn,
  mysqlStandIn,
  postgresqlStandIn,
  redisStandIn,
  startDnsServer,
  startGrpcServer,
  startPeerServer,
  startWebsocketServer,
  type DnsScript,
  type Issued,
  type PeerScript,
} from '@quorate/testing';
import { performProbe } from './probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();
/** Whom the prober does not trust by itself. */
const [sites, clients, strangers] = await Promise.all([
  createAuthority('Sites'),
  createAuthority('Clients'),
  createAuthority('Strangers'),
]);
const site = await sites.issue({ names: ['localhost'] });
const client = await clients.issue({ names: ['the prober'] });

interface Running {
  readonly port: number;
  close(): Promise<void>;
}
type Demands = Omit<TlsOptions, 'key' | 'cert'>;
type Serve = (options: Demands & Issued) => Promise<Running>;

/** A server of lines that answers each with what `answer` says. */
const talking =
  (greeting: string, answer: (line: string) => string): Serve =>
  async (options) => {
    const sockets = new Set<TLSSocket>();
    const server = createServer(options, (socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      if (greeting !== '') socket.write(greeting);
      socket.on('data', (bytes: Buffer) => void socket.write(answer(bytes.toString('utf8'))));
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    const port = await listenOnLoopback(server);
    const close = async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    };
    return { port, close };
  };

interface Kind {
  readonly serve: Serve;
  readonly probe: (port: number, tls: object) => object;
}

const login = { username: 'watcher' };

/** A database or broker that is played by a stand-in. */
const service = (type: string, standIn: (issued: Demands & Issued) => PeerScript, settings: object = {}): Kind => ({
  serve: (issued) => startPeerServer(standIn(issued)),
  probe: (port, tls) => ({ type, [type]: { host: 'localhost', port, tls: 'verify', ...settings, ...tls } }),
});

const address: DnsScript = (query) =>
  dnsReply(query, { answers: [{ type: 'A', name: 'shop.test', ttl: 60, data: '203.0.113.7' }] });

const kinds: Readonly<Record<string, Kind>> = {
  tls: {
    serve: talking('', () => ''),
    probe: (port, tls) => ({ type: 'tls', tls: { host: 'localhost', port, ...tls } }),
  },
  tcp: {
    serve: talking('hello\n', () => ''),
    probe: (port, tls) => ({
      type: 'tcp',
      tcp: { host: 'localhost', port, tls: true, steps: [{ expect: 'hello' }], ...tls },
    }),
  },
  smtp: {
    serve: talking('220 mail.test ESMTP\r\n', (line) => (line.startsWith('QUIT') ? '' : '250 mail.test\r\n')),
    probe: (port, tls) => ({ type: 'smtp', smtp: { host: 'localhost', port, tls: true, ...tls } }),
  },
  redis: service('redis', (issued) => redisStandIn({ issued })),
  mysql: service('mysql', (issued) => mysqlStandIn({ issued }), login),
  postgresql: service('postgresql', (issued) => postgresqlStandIn({ issued }), login),
  mongodb: service('mongodb', (issued) => mongodbStandIn({ issued })),
  amqp: service('amqp', (issued) => amqpStandIn({ issued, password: 'p' }), { ...login, password: 'p' }),
  mqtt: service('mqtt', (issued) => mqttStandIn({ issued })),
  kafka: {
    serve: (issued) => startPeerServer(kafkaStandIn({ issued })),
    probe: (port, tls) => ({ type: 'kafka', kafka: { brokers: [`localhost:${port}`], tls: 'verify', ...tls } }),
  },
  dns: {
    serve: (issued) => startDnsServer({ udp: address, tcp: address, issued }),
    probe: (port, tls) => ({
      type: 'dns',
      dns: { name: 'shop.test', recordType: 'A', resolver: `localhost:${port}`, protocol: 'tls', ...tls },
    }),
  },
  websocket: {
    serve: (issued) => startWebsocketServer({ serve: () => undefined, issued }),
    probe: (port, tls) => ({ type: 'websocket', websocket: { url: `wss://localhost:${port}/`, tls } }),
  },
  grpc: {
    serve: (issued) => startGrpcServer(grpcAnswer(healthMessage(1)), issued),
    probe: (port, tls) => ({ type: 'grpc', grpc: { host: 'localhost', port, tls: true, ...tls } }),
  },
};

const ca = sites.certificate;
const shown = (issued: Issued, changes: object = {}): object => ({
  ca,
  clientCertificate: { certificate: issued.cert, key: issued.key, ...changes },
});

async function look({ serve, probe }: Kind, options: Demands, tls: object): Promise<Evidence> {
  const { port } = await stage.serve(serve({ ...site, ...options }));
  return await performProbe(probeSchema.parse(probe(port, tls)), stage.context({ timeoutMs: 2_500 }));
}

describe.each(Object.entries(kinds))('a %s monitor', (_type, kind) => {
  it('trusts an authority of its own, and without it not', async () => {
    expect(await look(kind, {}, { ca })).toMatchObject({ outcome: 'up', reason: null });
    expect(await look(kind, {}, {})).toMatchObject({ outcome: 'down', reason: 'tls.untrusted' });
    expect(await look(kind, {}, { ca: clients.certificate })).toMatchObject({ reason: 'tls.untrusted' });
  });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s, to a server that wants a client certificate', (version) => {
    const strict: Demands = { minVersion: version, maxVersion: version, requestCert: true, ca: clients.certificate };

    it('is up with the right one', async () => {
      expect(await look(kind, strict, shown(client))).toMatchObject({ outcome: 'up', reason: null });
    });

    it('is down with another, and says so', async () => {
      const stranger = await strangers.issue({ names: ['a stranger'] });
      const evidence = await look(kind, strict, shown(stranger));
      expect(evidence.outcome).toBe('down');
      expect(evidence.message).toContain("the monitor's client certificate");
    });

    it('is down with one that has expired, and says since when', async () => {
      const expired = await clients.issue({ names: ['too late'], validFromDays: -90, validToDays: -1 });
      const evidence = await look(kind, strict, shown(expired));
      expect(evidence.outcome).toBe('down');
      expect(evidence.message).toMatch(/the monitor's client certificate, which expired on \d{4}-\d\d-\d\d/);
    });
  });

  it('is down without the client certificate that the server wants, once it may say so', async () => {
    const older: Demands = { maxVersion: 'TLSv1.2', requestCert: true, ca: clients.certificate };
    const evidence = await look(kind, older, { ca });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
    expect(evidence.message).toMatch(/^the target asks for a client certificate, and the monitor has none: /);
  });

  it('asks nobody with a certificate that cannot be used', async () => {
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
    const key = String(createPrivateKey(client.key).export(cipher));
    const evidence = await look(kind, {}, shown(client, { key, passphrase: 'wrong' }));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'auth.certificate' });
    expect(evidence.message).toContain("the monitor's certificates cannot be used");
    expect(JSON.stringify(evidence)).not.toContain('wrong');
  });
});

describe('over TLS 1.3, without the client certificate that the server wants,', () => {
  const strict: Demands = { minVersion: 'TLSv1.3', requestCert: true, ca: clients.certificate };
  const { tls, ...talkers } = kinds;
  it.each(Object.entries(talkers))('a %s monitor is down, and says what is missing', async (_type, kind) => {
    const evidence = await look(kind, strict, { ca });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
    expect(evidence.message).toMatch(/^the target asks for a client certificate, and the monitor has none: /);
  });

  it('a TLS monitor is up: the certificate was judged', async () => {
    expect(await look(tls!, strict, { ca })).toMatchObject({ outcome: 'up' });
  });
});

describe('over TLS 1.3, to a server that took the certificate and says nothing yet,', () => {
  const strict: Demands = { minVersion: 'TLSv1.3', requestCert: true, ca: clients.certificate };
  const tlsHandshake = 0x16;

  /** Passes a handshake on to `port`, and nothing of what the server says once the client has ended its own. */
  async function startMuted(port: number): Promise<Running> {
    const sockets: Socket[] = [];
    const relay = createPlainServer((client) => {
      const server = connect(port, '127.0.0.1');
      let isMuted = false;
      server.on('data', (bytes: Buffer) => void (isMuted || client.write(bytes)));
      client.on('data', (bytes: Buffer) => {
        isMuted ||= bytes[0] !== tlsHandshake;
        server.write(bytes);
      });
      for (const socket of [client, server]) socket.on('error', () => socket.destroy());
      sockets.push(client, server);
    });
    const close = async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      await closeServer(relay);
    };
    return { port: await listenOnLoopback(relay), close };
  }

  async function lookThrough({ serve, probe }: Kind): Promise<Evidence> {
    const { port } = await stage.serve(serve({ ...site, ...strict }));
    const muted = await stage.serve(startMuted(port));
    return await performProbe(probeSchema.parse(probe(muted.port, shown(client))), stage.context());
  }

  it('a TLS monitor is up before its timeout is over', async () => {
    expect(await lookThrough(kinds.tls!)).toMatchObject({ outcome: 'up' });
  });

  it('a talk goes on, and it is the answer that is missed', async () => {
    expect(await lookThrough(kinds.redis!)).toMatchObject({ reason: 'timeout.response' });
  });
});
