/** A TCP server for binary protocols: each connection is played by a script that takes and gives bytes. */
import { createServer, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { closeServer, listenOnLoopback } from './listen.ts';
import { serveTls } from './serve-tls.ts';

export interface Peer {
  /** Exactly so many bytes of what the client sends. */
  take(byteCount: number): Promise<Buffer>;
  /** Up to and with `end`. */
  takeUntil(end: string): Promise<Buffer>;
  write(...parts: readonly (Buffer | string)[]): void;
  startTls(options: TlsOptions): Promise<void>;
  end(): void;
  reset(): void;
}

/** May end when it has nothing more to say: the connection stays open. */
export type PeerScript = (peer: Peer) => void | Promise<void>;

export interface PeerServer {
  readonly port: number;
  readonly connectionCount: number;
  /** All that clients sent, as Latin-1; in the clear also what came over TLS. */
  readonly received: string;
  /** Resolves when no client is connected any more. */
  untilAlone(): Promise<void>;
  close(): Promise<void>;
}

/** What becomes of the bytes that a script writes. */
export type Delivery = (bytes: Buffer, socket: Socket) => void;

class ScriptedPeer implements Peer {
  readonly #deliver: Delivery;
  #socket: Socket;
  #unread = Buffer.alloc(0);
  #heard: () => void = () => undefined;
  received = '';

  constructor(socket: Socket, deliver: Delivery) {
    this.#socket = socket;
    this.#deliver = deliver;
    socket.on('data', this.#hear);
  }

  async take(byteCount: number): Promise<Buffer> {
    while (this.#unread.length < byteCount) await this.#more();
    return this.#consume(byteCount);
  }

  async takeUntil(end: string): Promise<Buffer> {
    while (!this.#unread.includes(end)) await this.#more();
    return this.#consume(this.#unread.indexOf(end) + end.length);
  }

  write(...parts: readonly (Buffer | string)[]): void {
    this.#deliver(Buffer.concat(parts.map((part) => Buffer.from(part as string))), this.#socket);
  }

  async startTls(options: TlsOptions): Promise<void> {
    this.#socket.off('data', this.#hear).pause();
    // The client may have begun with TLS in one breath with its wish for it.
    this.#socket.unshift(this.#unread);
    this.#unread = Buffer.alloc(0);
    const secure = await serveTls(this.#socket, options);
    secure.on('error', () => secure.destroy()).on('data', this.#hear);
    this.#socket = secure;
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  readonly #hear = (bytes: Buffer): void => {
    this.received += bytes.toString('latin1');
    this.#unread = Buffer.concat([this.#unread, bytes]);
    this.#heard();
  };

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  #consume(byteCount: number): Buffer {
    const bytes = this.#unread.subarray(0, byteCount);
    this.#unread = this.#unread.subarray(byteCount);
    return bytes;
  }
}

const atOnce: Delivery = (bytes, socket) => void socket.write(bytes);

export async function startPeerServer(script: PeerScript, deliver: Delivery = atOnce): Promise<PeerServer> {
  const sockets = new Set<Socket>();
  const peers: ScriptedPeer[] = [];
  let left: () => void = () => undefined;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      left();
    });
    const peer = new ScriptedPeer(socket, deliver);
    peers.push(peer);
    void script(peer);
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    get connectionCount() {
      return peers.length;
    },
    get received() {
      return peers.map(({ received }) => received).join('');
    },
    untilAlone: async () => {
      while (sockets.size > 0) await new Promise<void>((resolve) => (left = resolve));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

/** Delivers so many bytes of a connection, and then closes it. */
export function cutAfter(byteCount: number): Delivery {
  const left = new WeakMap<Socket, number>();
  return (bytes, socket) => {
    const mayPass = left.get(socket) ?? byteCount;
    left.set(socket, mayPass - bytes.length);
    if (mayPass > bytes.length) socket.write(bytes);
    else if (mayPass >= 0) socket.end(bytes.subarray(0, mayPass));
  };
}

/** Delivers each byte on its own. */
export const byteByByte: Delivery = (bytes, socket) => {
  for (const byte of bytes) socket.write(Buffer.from([byte]));
};
