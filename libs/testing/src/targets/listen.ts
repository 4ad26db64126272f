/** Servers on a free port of the loopback interface, and their end. */
import type { AddressInfo, Server } from 'node:net';

/** Resolves with the port. */
export async function listenOnLoopback(server: Server, address = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}

export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
