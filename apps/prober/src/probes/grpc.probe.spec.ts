import { describe, expect, it } from '@jest/globals';
import { grpcProbeSchema, mapProbeSecrets, targetOf, type Evidence } from '@quorate/contracts';
import {
  grpcAnswer,
  grpcMessage,
  grpcStatus,
  healthMessage,
  startGrpcServer,
  type GrpcScript,
  type GrpcServer,
  type Issued,
} from '@quorate/testing';
import { probeGrpc } from './grpc.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();
let server: GrpcServer;

async function ask(changes: object): Promise<Evidence> {
  const grpc = grpcProbeSchema.parse({ host: 'localhost', ...changes });
  return await probeGrpc(grpc, stage.context({ timeoutMs: 1_500 }));
}

async function look(script: GrpcScript, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startGrpcServer(script));
  return await ask({ port: server.port, ...changes });
}

async function lookSecurely(
  script: GrpcScript,
  changes: object = {},
  identity: Issued = stage.issued,
): Promise<Evidence> {
  server = await stage.serve(startGrpcServer(script, identity));
  return await ask({ port: server.port, tls: true, ...changes });
}

const serving = grpcAnswer(healthMessage(1));

describe('a gRPC probe', () => {
  it('is up when the server says SERVING', async () => {
    const evidence = await look(serving);
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, statusCode: 200, address: '127.0.0.1' });
    expect(evidence.phases).toMatchObject({ tlsMs: null, ttfbMs: expect.any(Number), transferMs: expect.any(Number) });
  });

  it('asks the standard health service for the server or for one service, with what metadata there is', async () => {
    await look(serving);
    const whole = server.calls[0];
    expect(whole?.body).toEqual(Buffer.from([0, 0, 0, 0, 0]));
    expect(whole?.headers).toMatchObject({
      ':method': 'POST',
      ':scheme': 'http',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'Quorate/1 (eu)',
      'grpc-timeout': expect.stringMatching(/^1[45]\d\dm$/),
    });
    await look(serving, { service: 'größe.v1', metadata: { 'x-tenant': 'acme' } });
    const named = server.calls[0];
    expect(named?.body.subarray(5)).toEqual(Buffer.concat([Buffer.from([0x0a, 10]), Buffer.from('größe.v1')]));
    expect(named?.headers).toMatchObject({
      'x-tenant': 'acme',
      ':authority': expect.stringMatching(/^localhost:\d+$/),
    });
  });

  it('encodes names whose length needs two bytes', async () => {
    await look(serving, { service: 'x'.repeat(300) });
    expect(server.calls[0]?.body.subarray(0, 8)).toEqual(Buffer.from([0, 0, 0, 0x01, 0x2f, 0x0a, 0xac, 0x02]));
  });

  it.each([
    ['NOT_SERVING', 2, 'grpc.not-serving'],
    ['UNKNOWN', 0, 'grpc.not-serving'],
    ['SERVICE_UNKNOWN', 3, 'grpc.unknown-service'],
    ['serving status 77', 77, 'grpc.not-serving'],
  ])('is down when it says %s (%d): %s', async (name, status, reason) => {
    expect(await look(grpcAnswer(healthMessage(status)))).toMatchObject({
      outcome: 'down',
      reason,
      message: `the target reports ${name} for the server as a whole`,
    });
  });

  it.each([
    [5, 'grpc.unknown-service', 'the target reports no health of the service "shop" (NOT_FOUND)'],
    [12, 'grpc.unimplemented', 'the target has no health service (UNIMPLEMENTED)'],
    [14, 'grpc.unavailable', 'the target says that it is not available (UNAVAILABLE)'],
    [7, 'grpc.status', 'the target answered PERMISSION_DENIED (grpc-status 7)'],
    [16, 'grpc.status', 'the target answered UNAUTHENTICATED (grpc-status 16)'],
    [4, 'grpc.status', 'the target answered DEADLINE_EXCEEDED (grpc-status 4)'],
    [99, 'grpc.status', 'the target answered with a status of its own (grpc-status 99)'],
  ])('is down on status %d, in trailers alone and behind a body', async (status, reason, message) => {
    expect(await look(grpcStatus(status), { service: 'shop' })).toMatchObject({ outcome: 'down', reason, message });
    const withBody = grpcAnswer(Buffer.alloc(0), { 'grpc-status': String(status) });
    expect(await look(withBody, { service: 'shop' })).toMatchObject({ outcome: 'down', reason, message });
  });

  it('repeats the target’s own words, decoded', async () => {
    expect(await look(grpcStatus(14, 'db%20is%20%C3%BCberlastet'))).toMatchObject({
      message: 'the target says that it is not available (UNAVAILABLE): "db is überlastet"',
      excerpt: 'db is überlastet',
    });
    expect(await look(grpcStatus(14, '100%'))).toMatchObject({ excerpt: '100%' });
  });

  it('believes the status behind the message, whatever the message says', async () => {
    expect(await look(grpcAnswer(healthMessage(1), { 'grpc-status': '13' }))).toMatchObject({ reason: 'grpc.status' });
  });

  it('passes over fields that a later protocol may add', async () => {
    const later = [0x12, 2, 0x68, 0x69, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x28, 0x96, 0x01, 0x08, 1];
    expect(await look(grpcAnswer(grpcMessage(Buffer.from(later))))).toMatchObject({ outcome: 'up' });
  });

  it('takes any subtype of application/grpc', async () => {
    const headers = { ':status': 200, 'content-type': 'application/grpc+proto' };
    expect(await look(grpcAnswer(healthMessage(1), undefined, headers))).toMatchObject({ outcome: 'up' });
  });

  it('names what it looks at, and seals the credentials among its metadata', () => {
    const grpc = grpcProbeSchema.parse({
      host: '::1',
      service: 'shop',
      metadata: { authorization: 'Bearer x', a: 'b' },
    });
    const probe = { type: 'grpc' as const, grpc };
    expect(targetOf(probe)).toBe('shop at [::1]:50051');
    expect(mapProbeSecrets(probe, (_secret, field) => field).grpc.metadata).toEqual({
      authorization: '/grpc/metadata/authorization',
      a: 'b',
    });
  });

  it.each([{ te: 'x' }, { 'grpc-timeout': '1S' }, { 'X-Upper': 'x' }, { 'a b': 'x' }, { ':path': '/x' }, { a: 'é' }])(
    'refuses the metadata %j',
    (metadata) => {
      expect(grpcProbeSchema.safeParse({ host: 'localhost', metadata }).success).toBe(false);
    },
  );

  it('repeats no credential, wherever the target puts it', async () => {
    const metadata = { authorization: 'Bearer hunter2-hunter2' };
    const evidence = await look(grpcStatus(16, 'no Bearer%20hunter2-hunter2 here'), { metadata });
    expect(evidence.excerpt).toBe('no [redacted] here');
    expect(JSON.stringify(evidence)).not.toContain('hunter2');
  });
});

describe('an answer that is none', () => {
  it.each<[string, GrpcScript, string]>([
    [
      'has no grpc-status',
      grpcAnswer(healthMessage(1), {}),
      'the answer ended without the grpc-status that says how it went',
    ],
    ['has a grpc-status that is no number', grpcStatus('fine'), 'the grpc-status of the answer is no number'],
    ['has no message', grpcAnswer(Buffer.alloc(0)), 'the target answered OK without a message'],
    ['ends within the prefix', grpcAnswer(Buffer.alloc(3)), 'the target answered OK with a message that is cut short'],
    [
      'ends within the message',
      grpcAnswer(grpcMessage(Buffer.from([8]), { length: 2 })),
      'the target answered OK with a message that is cut short',
    ],
    [
      'claims four gigabytes',
      grpcAnswer(grpcMessage(Buffer.from([8, 1]), { length: 0xffff_ffff })),
      'the target answered OK with a message that is cut short',
    ],
    [
      'is compressed',
      grpcAnswer(grpcMessage(Buffer.from([8, 1]), { flag: 1 })),
      'the target answered OK with a compressed message, though none was asked for',
    ],
    [
      'has an unknown flag',
      grpcAnswer(grpcMessage(Buffer.from([8, 1]), { flag: 7 })),
      'the target answered OK with a message whose compression flag is neither 0 nor 1',
    ],
    [
      'has two messages',
      grpcAnswer(Buffer.concat([healthMessage(1), healthMessage(1)])),
      'the target answered OK with more than the one message that there is to a health check',
    ],
    ...[[0x08], [0x08, 0xff], [0x12, 9, 1], [0x0b, 8, 1], [0x1d, 1], Array<number>(12).fill(0xff)].map(
      (bytes): [string, GrpcScript, string] => [
        `holds ${Buffer.from(bytes).toString('hex')} for a message`,
        grpcAnswer(grpcMessage(Buffer.from(bytes))),
        'the target answered OK with a message that is no HealthCheckResponse',
      ],
    ),
  ])('that %s is down', async (_what, script, message) => {
    expect(await look(script)).toMatchObject({ outcome: 'down', reason: 'grpc.protocol', message });
  });

  it.each([
    [200, 'text/html', 'grpc.protocol'],
    [404, 'text/html', 'grpc.protocol'],
    [200, 'application/grpcx', 'grpc.protocol'],
    [503, 'text/plain', 'grpc.unavailable'],
  ])('of HTTP status %d and type %s is down, and shown: %s', async (status, type, reason) => {
    const page: GrpcScript = ({ stream }) => {
      stream.respond({ ':status': status, 'content-type': type });
      stream.end('<h1>no healthy upstream</h1>');
    };
    expect(await look(page)).toMatchObject({
      reason,
      statusCode: status,
      message: `answered with HTTP status ${status} and ${type}, which is no gRPC answer`,
      excerpt: '<h1>no healthy upstream</h1>',
    });
  });

  it('that is larger than any health check’s is not read to its end', async () => {
    const evidence = await look(grpcAnswer(grpcMessage(Buffer.alloc(100_000))));
    expect(evidence).toMatchObject({ reason: 'grpc.protocol', message: expect.stringContaining('larger than 16384') });
  });

  it('that never ends is not read for ever', async () => {
    const endless: GrpcScript = ({ stream }) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      const write = (): void => void (stream.destroyed || stream.write(Buffer.alloc(8_192), write));
      write();
    };
    expect(await look(endless)).toMatchObject({ outcome: 'down', reason: 'grpc.protocol' });
  });
});

describe('over TLS', () => {
  it('is up, with the facts of the certificate', async () => {
    const evidence = await lookSecurely(serving);
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90, warning: false } });
    expect(server.calls[0]?.headers[':scheme']).toBe('https');
  });

  it('believes no certificate for another host, unless told to, or told the name', async () => {
    const other = await stage.authority.issue({ names: ['health.test'] });
    expect(await lookSecurely(serving, {}, other)).toMatchObject({ reason: 'tls.hostname' });
    expect(await lookSecurely(serving, { verify: false }, other)).toMatchObject({ outcome: 'up' });
    expect(await lookSecurely(serving, { serverName: 'health.test' }, other)).toMatchObject({ outcome: 'up' });
    expect(server.calls[0]?.headers[':authority']).toMatch(/^health\.test:/);
  });
});
