/** Where the server listens: on a Unix socket in its own folder, or, where its path is too long, on loopback. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** `sun_path` holds 108 bytes, one of them the final zero (104 on macOS). */
const socketPathBytesMax = 103;
const socketPort = 5432;

export interface Listening {
  /** The socket's folder, or an address. */
  readonly host: string;
  readonly port: number;
  readonly flags: readonly string[];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function listeningFor(directory: string): Promise<Listening> {
  if (Buffer.byteLength(`${directory}/.s.PGSQL.${socketPort}`) <= socketPathBytesMax) {
    const flags = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${directory}`];
    return { host: directory, port: socketPort, flags: [...flags, '-c', 'unix_socket_permissions=0700'] };
  }
  const flags = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  return { host: '127.0.0.1', port: await freePort(), flags };
}
