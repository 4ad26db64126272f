/** WebSocket servers: a well-behaved one, and the bytes for one that is not. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Issued } from './certificates.ts';
import { closeServer, listenOnLoopback } from './listen.ts';
import type { Script } from './raw-server.ts';

export interface WebsocketServer {
  readonly port: number;
  /** The requests for an upgrade, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** How the first visitor says goodbye. */
  readonly farewell: Promise<number>;
  close(): Promise<void>;
}

interface WebsocketServerSettings {
  readonly serve: (socket: WebSocket) => void;
  /** The only one that it takes. */
  readonly subprotocol?: string;
  readonly issued?: Issued;
}

export async function startWebsocketServer(settings: WebsocketServerSettings): Promise<WebsocketServer> {
  const { serve, subprotocol, issued } = settings;
  const requests: IncomingMessage[] = [];
  const farewell = Promise.withResolvers<number>();
  const server = issued === undefined ? createServer() : createSecureServer(issued);
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => (subprotocol !== undefined && offered.has(subprotocol) ? subprotocol : false),
  });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    socket.on('error', () => socket.terminate());
    socket.on('close', farewell.resolve);
    serve(socket);
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    requests,
    farewell: farewell.promise,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What a server answers a handshake with; `changes` replaces headers, or takes them away with null. */
function upgradeAnswer(request: string, changes: Readonly<Record<string, string | null>>): string {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? '';
  const headers: Record<string, string | null> = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': createHash('sha1').update(`${key}${guid}`).digest('base64'),
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]));
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}

/** Takes the handshake, with what is wrong in it, and then does as `then` says. */
export function acceptUpgrade(
  then: (socket: Socket, heard: (pattern: RegExp) => Promise<string>) => void | Promise<void>,
  changes: Readonly<Record<string, string | null>> = {},
): Script {
  return async (socket, heard) => {
    socket.write(upgradeAnswer(await heard(/\r\n\r\n/), changes));
    await then(socket, heard);
  };
}

interface FrameParts {
  readonly isFinal: boolean;
  /** The three reserved bits. */
  readonly reserved: number;
  readonly isMasked: boolean;
}

const usual: FrameParts = { isFinal: true, reserved: 0, isMasked: false };

/** One frame of at most 65,535 bytes, as a server sends it. */
export function websocketFrame(opcode: number, payload: Buffer | string = '', parts: Partial<FrameParts> = {}): Buffer {
  const { isFinal, reserved, isMasked } = { ...usual, ...parts };
  const bytes = Buffer.from(payload);
  const isShort = bytes.length < 126;
  const head = Buffer.alloc(isShort ? 2 : 4);
  head.writeUInt8((isFinal ? 0x80 : 0) | (reserved << 4) | opcode);
  head.writeUInt8((isMasked ? 0x80 : 0) | (isShort ? bytes.length : 126), 1);
  if (!isShort) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0), bytes]);
}
