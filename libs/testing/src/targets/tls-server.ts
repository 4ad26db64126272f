/** A server that completes handshakes and says nothing, and remembers which name it was asked for. */
import { createServer, type TlsOptions } from 'node:tls';
import type { Issued } from './certificates.ts';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface TlsServer {
  readonly port: number;
  /** The name in the last handshake (SNI); null where there was none. */
  readonly askedFor: string | null;
  /** Shows another certificate from the next handshake on. */
  renew(certificate: Issued): void;
  close(): Promise<void>;
}

export async function startTlsServer(options: TlsOptions): Promise<TlsServer> {
  let askedFor: string | null = null;
  const heardName: TlsOptions['SNICallback'] = (name, done) => {
    askedFor = name;
    done(null);
  };
  const server = createServer({ ...options, SNICallback: heardName }, (socket) => {
    const hangUp = (): void => void socket.destroy();
    socket.on('error', hangUp).on('end', hangUp).resume();
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const port = await listenOnLoopback(server);
  return {
    port,
    get askedFor() {
      return askedFor;
    },
    renew: ({ key, cert }) => server.setSecureContext({ key, cert }),
    close: async () => await closeServer(server),
  };
}
