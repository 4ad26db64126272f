/** A bare undici loop: its quickest way, `dispatch`, with a connector of ours and one TLS context for all. */
import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, createSecureContext } from 'node:tls';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, type buildConnector, type Dispatcher } from 'undici';
import { hostOf, isKept, isSecured, type BenchCase, type Origins } from './case.ts';
import type { Loop } from './loop.ts';

const keptMs = 600_000;
/** The certificate cannot be for thousands of addresses at once. */
const checkServerIdentity = (): undefined => undefined;

function connectorOf(isForTls: boolean, authority: string, resolver: Resolver): buildConnector.connector {
  const secureContext = createSecureContext({ ca: authority });
  return ({ hostname, port }, callback) => {
    const dial = (host: string): void => {
      const target = { host, port: Number(port), autoSelectFamily: false };
      const socket = isForTls
        ? connectSecure({ ...target, secureContext, servername: '', rejectUnauthorized: false, checkServerIdentity })
        : connectPlain(target);
      const failed = (error: Error): void => callback(error, null);
      socket.once('error', failed);
      socket.once(isForTls ? 'secureConnect' : 'connect', () => {
        socket.off('error', failed);
        callback(null, socket);
      });
    };
    if (isIP(hostname) !== 0) dial(hostname);
    else
      resolver.resolve4(hostname).then(
        ([address = '']) => dial(address),
        (error: Error) => callback(error, null),
      );
  };
}

/** Resolves when a 2xx answer was read to its end. */
async function dispatch(agent: Agent, options: Dispatcher.DispatchOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let status = 0;
    agent.dispatch(options, {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, statusCode) => void (status = statusCode),
      onResponseData: () => undefined,
      onResponseEnd: () => (status === 200 ? resolve() : reject(new Error(`answered with ${status}`))),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

export function bareUndici(benchCase: BenchCase, { port, nameServer, authority }: Origins): Loop {
  const resolver = new Resolver();
  resolver.setServers([nameServer]);
  const connect = connectorOf(isSecured(benchCase), authority, resolver);
  const agent = new Agent({ connections: 1, connect, keepAliveTimeout: keptMs, keepAliveMaxTimeout: keptMs });
  const scheme = isSecured(benchCase) ? 'https' : 'http';
  const reset = !isKept(benchCase);
  return {
    check: async (index) => {
      const origin = `${scheme}://${hostOf(benchCase, index)}:${port}`;
      await dispatch(agent, { origin, path: '/health', method: 'GET', reset });
    },
  };
}
