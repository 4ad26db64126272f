/** A TCP server that says what a script says, byte for byte: for answers that no well-behaved server would give. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface RawServer {
  readonly port: number;
  /** How many connections it has taken. */
  readonly connectionCount: number;
  /** What it was sent, connection by connection, as Latin-1. */
  readonly received: readonly string[];
  close(): Promise<void>;
}

/** Called with each connection; `heard` resolves with what has arrived once it matches. */
export type Script = (socket: Socket, heard: (pattern: RegExp) => Promise<string>) => void | Promise<void>;

class Hearing {
  text = '';
  #waiting: (() => void)[] = [];

  hear(bytes: Buffer): void {
    this.text += bytes.toString('latin1');
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.text;
  }
}

/** With `tls` what it says and hears goes through TLS. */
export async function startRawServer(script: Script, address = '127.0.0.1', tls?: TlsOptions): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const hearings: Hearing[] = [];
  const serve = (socket: Socket): void => {
    const hearing = new Hearing();
    hearings.push(hearing);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => hearing.hear(bytes));
    void script(socket, (pattern) => hearing.until(pattern));
  };
  const server: Server =
    tls === undefined ? createServer({ allowHalfOpen: true }, serve) : createTlsServer({ ...tls }, serve);
  const port = await listenOnLoopback(server, address);
  return {
    port,
    get connectionCount() {
      return hearings.length;
    },
    get received() {
      return hearings.map(({ text }) => text);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

const endOfHead = /\r\n\r\n/;

/** Answers each request's head with these pieces, one write each, and then ends, resets or goes silent. */
export function answering(pieces: readonly (string | Buffer)[], ending: 'end' | 'reset' | 'silence' = 'end'): Script {
  return async (socket, heard) => {
    await heard(endOfHead);
    for (const piece of pieces) {
      if (socket.destroyed) return;
      socket.write(piece, 'latin1');
      // Two writes of one turn may arrive as one: the pieces are to come apart.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (ending === 'end') socket.end();
    if (ending === 'reset') socket.resetAndDestroy();
  };
}
