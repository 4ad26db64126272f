/** A bare socket loop: connect, one write, and the number of bytes that the answer is known to have. */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure, createSecureContext } from 'node:tls';
import { Resolver } from 'node:dns/promises';
import { hostOf, isKept, isSecured, type BenchCase, type Origins } from './case.ts';
import type { Loop } from './loop.ts';

const endOfBody = '"ok"}';
/** The certificate cannot be for thousands of addresses at once. */
const checkServerIdentity = (): undefined => undefined;

/** Resolves when the end of the answer is there. */
async function ask(socket: Socket, request: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.toString('latin1').endsWith(endOfBody)) return;
      socket.removeAllListeners('data').removeAllListeners('error');
      resolve();
    });
    socket.write(request);
  });
}

export function bareNet(benchCase: BenchCase, { port, nameServer, authority }: Origins): Loop {
  const resolver = new Resolver();
  resolver.setServers([nameServer]);
  const secureContext = createSecureContext({ ca: authority });
  const kept = new Map<number, Socket>();
  const open = async (host: string): Promise<Socket> => {
    const address = isIP(host) === 0 ? ((await resolver.resolve4(host))[0] ?? '') : host;
    const target = { host: address, port, autoSelectFamily: false };
    if (!isSecured(benchCase)) return connectPlain(target);
    return connectSecure({ ...target, secureContext, servername: '', rejectUnauthorized: false, checkServerIdentity });
  };
  return {
    check: async (index) => {
      const host = hostOf(benchCase, index);
      const connection = isKept(benchCase) ? 'keep-alive' : 'close';
      const socket = kept.get(index) ?? (await open(host));
      kept.delete(index);
      await ask(socket, `GET /health HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: ${connection}\r\n\r\n`);
      if (isKept(benchCase)) kept.set(index, socket);
      else socket.destroy();
    },
  };
}
