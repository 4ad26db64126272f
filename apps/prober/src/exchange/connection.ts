/** A byte stream to the target, plain or TLS, that hands what arrives to whoever listens just now. */
import { connect, type Socket } from 'node:net';

export interface ByteSink {
  /** `bytes` is only valid during the call: the next read of any connection overwrites it. */
  received(bytes: Buffer): void;
  /** The other side has finished. */
  ended(): void;
  failed(code: string): void;
}

/**
 * Reads of plain connections all land here: libuv reads and calls back at once, so no read needs a buffer of its own,
 * and memory stays flat however many probes run.
 */
const readBytes = 64 * 1024;
const sharedBuffer = Buffer.allocUnsafeSlow(readBytes);

/** What may arrive while nobody listens; more would be kept for a target that talks before it is asked. */
const earlyBytesMax = 64 * 1024;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Whether this connection stays plain: only then can it read into the shared buffer. */
  readonly plain: boolean;
}

type Received = (bytes: Buffer) => void;

type Ending = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly code: string };

export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

export class Connection {
  readonly socket: Socket;
  /** Whether the other side wanted to see a certificate; kept, since a socket that is gone does not tell. */
  asksForCertificate = false;
  readonly #early: Buffer[] = [];
  #earlyBytes = 0;
  #sink: ByteSink | null = null;
  #ending: Ending | null = null;
  /** Otherwise bytes land in the shared buffer. */
  readonly #readsByEvent: boolean;

  constructor(readsByEvent: boolean, makeSocket: (received: Received) => Socket) {
    this.#readsByEvent = readsByEvent;
    this.socket = makeSocket(this.#received);
    this.socket.on('end', () => this.#end({ kind: 'ended' }));
    this.socket.on('error', (error) => this.#end({ kind: 'failed', code: codeOf(error) }));
  }

  /** Begins to connect; `socket` tells how that ends. */
  static open({ address, port, plain }: Endpoint): Connection {
    // Without delay: else the second of two small writes waits for the other side to confirm the first, up to 40 ms.
    const target = { host: address, port, autoSelectFamily: false, allowHalfOpen: true, noDelay: true };
    if (!plain) return new Connection(true, () => connect(target));
    return new Connection(false, (received) => {
      const callback = (length: number, buffer: Uint8Array): boolean => {
        received((buffer as Buffer).subarray(0, length));
        return true;
      };
      return connect({ ...target, onread: { buffer: sharedBuffer, callback } });
    });
  }

  /** Takes over a socket that gives its bytes by event. */
  static over(socket: Socket): Connection {
    return new Connection(true, () => socket);
  }

  /** Whether nothing has arrived unasked and the other side is still there. */
  get isQuiet(): boolean {
    return this.#ending === null && this.#earlyBytes === 0;
  }

  /** How the other side has ended it, in a code or in words; null while it has not. */
  get endedWith(): string | null {
    if (this.#ending === null) return null;
    return this.#ending.kind === 'ended' ? 'closed by the target' : this.#ending.code;
  }

  /** Hands over what has arrived unheard first. */
  attach(sink: ByteSink): void {
    this.#sink = sink;
    if (this.#readsByEvent && this.socket.listenerCount('data') === 0) this.socket.on('data', this.#received);
    if (this.#earlyBytes > 0) this.#handOver(sink);
    if (this.#ending !== null) this.#tell(this.#ending);
  }

  /** Listens before anybody else does: what arrives is kept for whoever attaches next. */
  keepEarly(): void {
    if (this.#readsByEvent) this.socket.on('data', this.#received);
  }

  detach(): void {
    this.#sink = null;
  }

  write(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  /** Ends politely, by FIN, where everything was read. */
  close(): void {
    this.#sink = null;
    this.socket.destroy();
  }

  readonly #received = (bytes: Buffer): void => {
    if (this.#sink !== null) {
      this.#sink.received(bytes);
    } else if (this.#earlyBytes < earlyBytesMax) {
      this.#early.push(Buffer.from(bytes));
      this.#earlyBytes += bytes.length;
    }
  };

  #handOver(sink: ByteSink): void {
    const early = this.#early.splice(0);
    this.#earlyBytes = 0;
    for (const bytes of early) sink.received(bytes);
  }

  #end(ending: Ending): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#tell(ending);
  }

  #tell(ending: Ending): void {
    if (ending.kind === 'ended') this.#sink?.ended();
    else this.#sink?.failed(ending.code);
  }
}
