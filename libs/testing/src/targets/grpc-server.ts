/** A gRPC server whose every answer a spec decides, frame by frame, over HTTP/2 in plain text or TLS. */
import { createSecureServer, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Issued } from './certificates.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

interface GrpcCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** The call's body as it came, with gRPC's prefix. */
  readonly body: Buffer;
}

export type GrpcScript = (call: GrpcCall) => void;

export interface GrpcServer {
  readonly port: number;
  /** The calls that came whole. */
  readonly calls: readonly GrpcCall[];
  close(): Promise<void>;
}

const prefixBytes = 5;

/** A message behind gRPC's prefix. */
export function grpcMessage(message: Buffer, { flag = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** A `HealthCheckResponse`, framed. */
export function healthMessage(servingStatus: number): Buffer {
  return grpcMessage(servingStatus === 0 ? Buffer.alloc(0) : Buffer.from([0x08, servingStatus]));
}

const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' };

/** Answers with `body` and then `trailers`. */
export function grpcAnswer(
  body: Buffer,
  trailers: OutgoingHttpHeaders = { 'grpc-status': '0' },
  headers: OutgoingHttpHeaders = grpcHeaders,
): GrpcScript {
  return ({ stream }) => {
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  };
}

/** Answers with one block of headers and nothing else ("Trailers-Only"). */
export function grpcStatus(status: number | string, message?: string): GrpcScript {
  const said = message === undefined ? {} : { 'grpc-message': message };
  return ({ stream }) =>
    stream.respond({ ...grpcHeaders, 'grpc-status': String(status), ...said }, { endStream: true });
}

export async function startGrpcServer(script: GrpcScript, issued?: Issued): Promise<GrpcServer> {
  const sessions = new Set<Http2Session>();
  const calls: GrpcCall[] = [];
  const server = issued === undefined ? createServer() : createSecureServer(issued);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => session.destroy());
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const pieces: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      const call = { stream, headers, body: Buffer.concat(pieces) };
      calls.push(call);
      script(call);
    });
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    calls,
    close: async () => {
      for (const session of sessions) session.destroy();
      await closeServer(server);
    },
  };
}
