/** A TCP link on loopback that can be cut as a network is: nothing arrives any more, and nobody is told. */
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface LinkEnds {
  /** Where it is dialled; 0 takes a free port. */
  readonly from: number;
  readonly to: number;
}

export class CuttableLink {
  readonly #server: Server;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((near) => this.#join(near));
  }

  static async open({ from, to }: LinkEnds): Promise<CuttableLink> {
    const link = new CuttableLink(to);
    link.#server.listen(from, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is under way waits, and so does whoever dials. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  mend(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket): void {
    const far = createConnection({ port: this.#to, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    this.#carry(near, far);
    this.#carry(far, near);
  }

  #carry(source: Socket, sink: Socket): void {
    this.#sockets.add(source);
    source.on('data', (chunk) => sink.write(chunk));
    source.on('error', () => undefined);
    source.once('close', () => {
      this.#sockets.delete(source);
      sink.destroySoon();
    });
    if (this.#isCut) source.pause();
  }
}
