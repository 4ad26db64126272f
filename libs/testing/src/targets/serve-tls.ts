/** The server's side of TLS on a connection that began in the clear, as strict with clients as `options` say. */
import type { Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';

/** Only Node's own server judges clients, so it is handed the connection. Never resolves for one that it refuses. */
export async function serveTls(plain: Socket, options: TlsOptions): Promise<TLSSocket> {
  const server = createServer(options);
  server.on('tlsClientError', () => plain.destroy());
  return await new Promise<TLSSocket>((resolve) => {
    server.once('secureConnection', resolve);
    server.emit('connection', plain);
  });
}
