/** The gRPC probe against gRPC's own server for Node, whose HTTP/2, framing and statuses are not of our making. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Server, ServerCredentials, status, type handleUnaryCall } from '@grpc/grpc-js';
import { grpcProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { createAuthority, type Authority, type Issued } from '@quorate/testing';
import { probeGrpc } from './grpc.probe.ts';
import { createSurroundings } from './surroundings.ts';

const timeoutMs = 5_000;
const anyPort = '127.0.0.1:0';

const stop = new AbortController();
let authority: Authority;
let issued: Issued;
let server: Server | null = null;

beforeAll(async () => {
  authority = await createAuthority();
  issued = await authority.issue({ names: ['localhost'] });
});
afterEach(() => {
  server?.forceShutdown();
  server = null;
});
afterAll(() => stop.abort());

async function listen(credentials: ServerCredentials): Promise<number> {
  const running = (server ??= new Server());
  return await new Promise((resolve, reject) => {
    running.bindAsync(anyPort, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

const inTheClear = ServerCredentials.createInsecure();
const overTls = (): ServerCredentials =>
  ServerCredentials.createSsl(null, [{ private_key: Buffer.from(issued.key), cert_chain: Buffer.from(issued.cert) }]);

interface Asked {
  readonly service: string;
}

/** As the health service has it: its two messages have a field each, so no `.proto` is loaded for them. */
function serveHealth(check: handleUnaryCall<Asked, number>): void {
  server = new Server();
  const method = {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: ({ service }: Asked) => Buffer.from(service),
    requestDeserialize: (bytes: Buffer): Asked => ({ service: bytes.subarray(2).toString('utf8') }),
    responseSerialize: (value: number) => Buffer.from([0x08, value]),
    responseDeserialize: (bytes: Buffer) => bytes.readUInt8(1),
  } as const;
  server.addService({ check: method }, { check });
}

const healthOf: Readonly<Record<string, number>> = { '': 1, 'shop.Orders': 1, 'shop.Payments': 2 };

const usualHealth: handleUnaryCall<Asked, number> = ({ request: { service } }, answer) => {
  const value = healthOf[service];
  if (value === undefined) answer({ code: status.NOT_FOUND, details: `${service} is not known here` });
  else answer(null, value);
};

async function look(port: number, changes: object = {}): Promise<Evidence> {
  const surroundings = createSurroundings({
    guard: new AddressGuard(allowLoopback),
    region: 'eu',
    version: '1',
    signal: stop.signal,
    certificateAuthorities: authority.certificate,
  });
  const grpc = grpcProbeSchema.parse({ host: 'localhost', port, ...changes });
  return await probeGrpc(grpc, { ...surroundings, monitorKey: 'm', startedAt: Date.now(), timeoutMs });
}

const up = { outcome: 'up', reason: null, message: null, statusCode: 200 };

describe("gRPC's own server", () => {
  it.each(['', 'shop.Orders'])('that serves "%s" is up, in the clear and over TLS', async (service) => {
    serveHealth(usualHealth);
    expect(await look(await listen(inTheClear), { service })).toMatchObject(up);
    const evidence = await look(await listen(overTls()), { service, tls: true });
    expect(evidence).toMatchObject({ ...up, certificate: { warning: false } });
  });

  it.each<[string, object, string, RegExp]>([
    ['does not serve', { service: 'shop.Payments' }, 'grpc.not-serving', /NOT_SERVING/],
    ['does not know the service', { service: 'shop.Nobody' }, 'grpc.unknown-service', /shop\.Nobody/],
    ['is asked over TLS, and speaks plain text', { tls: true }, 'tls.protocol', /TLS/],
  ])('that %s is down', async (_what, changes, reason, message) => {
    serveHealth(usualHealth);
    const evidence = await look(await listen(inTheClear), changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it('without a health service is down', async () => {
    const evidence = await look(await listen(inTheClear));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'grpc.unimplemented' });
  });

  it('over TLS, asked in plain text, is down', async () => {
    serveHealth(usualHealth);
    const { outcome, reason } = await look(await listen(overTls()));
    expect([outcome, reason]).toEqual(['down', expect.stringMatching(/^grpc\.(protocol|unavailable)$/)]);
  });

  it.each<[string, number, string, RegExp]>([
    ['is overloaded', status.UNAVAILABLE, 'grpc.unavailable', /out of größe/],
    ['wants credentials', status.UNAUTHENTICATED, 'grpc.status', /UNAUTHENTICATED.*16.*out of größe/],
  ])('that %s is down in its own words', async (_what, code, reason, message) => {
    serveHealth((_call, answer) => answer({ code, details: 'out of größe' }));
    const evidence = await look(await listen(inTheClear));
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it('is told the metadata and how long there is', async () => {
    const heard: { metadata: unknown; deadlineMs: number }[] = [];
    serveHealth((call, answer) => {
      heard.push({ metadata: call.metadata.get('x-tenant'), deadlineMs: Number(call.getDeadline()) - Date.now() });
      answer(null, 1);
    });
    expect(await look(await listen(inTheClear), { metadata: { 'x-tenant': 'acme' } })).toMatchObject(up);
    expect(heard).toEqual([{ metadata: ['acme'], deadlineMs: expect.any(Number) }]);
    expect(heard[0]?.deadlineMs).toBeLessThanOrEqual(timeoutMs);
  });
});
