import { describe, expect, it } from '@jest/globals';
import { grpcProbeSchema, type Evidence } from '@quorate/contracts';
import {
  answering,
  grpcAnswer,
  healthMessage,
  startGrpcServer,
  startRawServer,
  type GrpcScript,
  type Script,
} from '@quorate/testing';
import { probeGrpc } from './grpc.probe.ts';
import type { ProbeContext } from './probe-context.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

async function ask(changes: object, context: Partial<ProbeContext> = {}): Promise<Evidence> {
  const grpc = grpcProbeSchema.parse({ host: 'localhost', ...changes });
  return await probeGrpc(grpc, stage.context({ timeoutMs: 1_500, ...context }));
}

async function look(script: GrpcScript, changes: object = {}, context: Partial<ProbeContext> = {}): Promise<Evidence> {
  const { port } = await stage.serve(startGrpcServer(script));
  return await ask({ port, ...changes }, context);
}

async function lookSecurely(script: GrpcScript, changes: object): Promise<Evidence> {
  const { port } = await stage.serve(startGrpcServer(script, stage.issued));
  return await ask({ port, ...changes });
}

async function lookAtRaw(script: Script, changes: object = {}, context: Partial<ProbeContext> = {}): Promise<Evidence> {
  const { port } = await stage.serve(startRawServer(script));
  return await ask({ port, ...changes }, context);
}

/** An HTTP/2 frame. */
function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const settingsFrame = frame(4, 0, 0);
const goAway = (lastStream: number, code: number, words = ''): Buffer => {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStream);
  payload.writeUInt32BE(code, 4);
  return frame(7, 0, 0, Buffer.concat([payload, Buffer.from(words)]));
};
const requestCame = /\r\n\r\nSM\r\n\r\n./s;

const serving = grpcAnswer(healthMessage(1));
const silence: GrpcScript = () => undefined;

describe('a call that is broken off', () => {
  it.each([
    ['REFUSED_STREAM', 7, 'grpc.unavailable'],
    ['INTERNAL_ERROR', 2, 'grpc.reset'],
    ['CANCEL', 8, 'grpc.reset'],
    ['ENHANCE_YOUR_CALM', 11, 'grpc.reset'],
  ])('by RST_STREAM %s (%d) is down: %s', async (name, code, reason) => {
    expect(await look(({ stream }) => stream.close(code))).toMatchObject({
      outcome: 'down',
      reason,
      message: `the target broke the call off (RST_STREAM, ${name})`,
    });
  });

  it('within the answer is down', async () => {
    const headers = Buffer.concat([Buffer.from([0x88, 0x0f, 0x10, 16]), Buffer.from('application/grpc')]);
    const resetWithInternalError = frame(3, 0, 1, Buffer.from([0, 0, 0, 2]));
    const half: Script = async (socket, heard) => {
      socket.write(settingsFrame);
      await heard(requestCame);
      socket.write(Buffer.concat([frame(1, 4, 1, headers), frame(0, 0, 1, healthMessage(1)), resetWithInternalError]));
    };
    expect(await lookAtRaw(half)).toMatchObject({ outcome: 'down', reason: 'grpc.reset' });
  });

  it('by GOAWAY is down, with the reason that the target gives', async () => {
    const farewell: Script = async (socket, heard) => {
      socket.write(settingsFrame);
      await heard(requestCame);
      socket.end(goAway(0, 11, 'too_many_pings'));
    };
    expect(await lookAtRaw(farewell)).toMatchObject({
      reason: 'grpc.unavailable',
      message: 'the target closed the connection instead of answering (GOAWAY, ENHANCE_YOUR_CALM: too_many_pings)',
    });
  });

  it('by a GOAWAY that is orderly and leaves the call unanswered is down', async () => {
    const farewell: Script = async (socket, heard) => {
      socket.write(settingsFrame);
      await heard(requestCame);
      socket.end(goAway(0, 0));
    };
    expect(await lookAtRaw(farewell)).toMatchObject({ reason: 'grpc.unavailable' });
  });

  it('by no GOAWAY that lets the call end is not', async () => {
    const leaving: GrpcScript = (call) => {
      call.stream.session?.goaway(0, call.stream.id ?? 1);
      setTimeout(() => serving(call), 20);
    };
    expect(await look(leaving)).toMatchObject({ outcome: 'up' });
  });

  it('by the end of the connection is down', async () => {
    const closing: Script = async (socket, heard) => {
      socket.write(settingsFrame);
      await heard(requestCame);
      socket.end();
    };
    expect(await lookAtRaw(closing)).toMatchObject({
      reason: 'grpc.unavailable',
      message: 'the target closed the connection without an answer',
    });
    expect(await lookAtRaw((socket) => void socket.end())).toMatchObject({ reason: 'grpc.unavailable' });
  });

  it('by a reset of the connection is down', async () => {
    const resetting: Script = async (socket, heard) => {
      await heard(/PRI/);
      socket.resetAndDestroy();
    };
    expect(await lookAtRaw(resetting)).toMatchObject({ reason: 'connect.reset' });
  });
});

describe('a target that speaks something else', () => {
  it('than HTTP/2 is down, and its words are shown', async () => {
    const web = answering(['HTTP/1.1 400 Bad Request\r\n\r\nwhat is this']);
    const evidence = await lookAtRaw(web);
    expect(evidence).toMatchObject({
      reason: 'grpc.protocol',
      message: 'the target speaks HTTP/1 on this port, and gRPC needs HTTP/2',
    });
    expect(evidence.excerpt).toContain('what is this');
  });

  it.each([
    ['a banner', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')],
    ['zeros', Buffer.alloc(200)],
    ['a frame of no sense', frame(1, 4, 1, Buffer.from([0xff, 0xff, 0xff, 0xff]))],
    ['a frame larger than allowed', Buffer.concat([settingsFrame, frame(0, 0, 1, Buffer.alloc(20_000))])],
  ])('such as %s is down', async (_what, bytes) => {
    expect(await lookAtRaw((socket) => void socket.write(bytes))).toMatchObject({
      outcome: 'down',
      reason: 'grpc.protocol',
      message: 'what the target sent is not valid HTTP/2',
    });
  });

  it('without end is not heard to its end', async () => {
    const chatter: Script = (socket) => {
      socket.write(settingsFrame);
      const pings = Buffer.concat(Array.from({ length: 2_000 }, () => frame(6, 1, 0, Buffer.alloc(8))));
      const write = (): void => void (socket.destroyed || socket.write(pings, write));
      write();
    };
    expect(await lookAtRaw(chatter)).toMatchObject({ outcome: 'down', reason: 'grpc.protocol' });
  });

  it.each([
    ['an alert', Buffer.from('15030100020246', 'hex')],
    ['a handshake', Buffer.from('160303007a0200', 'hex')],
  ])('such as TLS, asked in plain text and answering with %s, is down with the remedy', async (_what, bytes) => {
    expect(await lookAtRaw((socket) => void socket.end(bytes))).toMatchObject({
      outcome: 'down',
      reason: 'grpc.protocol',
      message: 'the target speaks TLS on this port: set "tls"',
    });
  });

  it('such as TLS, asked in plain text and hanging up, is down', async () => {
    expect(await lookSecurely(serving, { tls: false })).toMatchObject({ outcome: 'down', reason: 'grpc.unavailable' });
  });

  it('such as plain text, asked in TLS, is down', async () => {
    expect(await look(serving, { tls: true })).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
  });
});

describe('time', () => {
  it.each<[string, Script]>([
    ['never says a word', () => undefined],
    ['speaks HTTP/2 and never answers', (socket) => void socket.write(settingsFrame)],
    [
      'sends a byte now and then',
      (socket) => {
        let at = 0;
        const timer = setInterval(() => socket.write(settingsFrame.subarray(at % 9, (at++ % 9) + 1)), 40);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('ends the wait for a target that %s', async (_what, script) => {
    const evidence = await lookAtRaw(script, {}, { timeoutMs: 250 });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    const { totalMs, dnsMs, connectMs, ttfbMs } = evidence.phases;
    expect(totalMs).toBeCloseTo((dnsMs ?? 0) + (connectMs ?? 0) + (ttfbMs ?? 0), 3);
  });

  it('ends the wait for a body that does not come', async () => {
    const half: GrpcScript = ({ stream }) => stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    expect(await look(half, {}, { timeoutMs: 250 })).toMatchObject({ reason: 'timeout.total' });
  });

  it('is not waited for where a stop of the prober comes first', async () => {
    const early = new AbortController();
    const probing = look(silence, {}, { signal: early.signal, timeoutMs: 10_000 });
    early.abort();
    expect(await probing).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
  });
});

it('dials no address that the installation does not probe', async () => {
  const server = await stage.serve(startRawServer(() => undefined));
  const evidence = await ask({ port: server.port }, { outbound: stage.publicOnly });
  expect(evidence).toMatchObject({ reason: 'blocked.address' });
  expect(server.connectionCount).toBe(0);
});
