/** Stands in for whoever waits for a sign of life: healthchecks.io and its like, on loopback. */
import { createServer, type IncomingMessage } from 'node:http';
import { closeServer, listenOnLoopback } from './targets/listen.ts';

interface Beat {
  /** In milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** How calls are answered from now on. */
type ReceiverBehaviour = { readonly status: number; readonly text: string } | 'hang';

export interface HeartbeatReceiver {
  /** Secret, as that of a real one. */
  readonly url: string;
  /** Every call, whatever was answered. */
  readonly beats: readonly Beat[];
  behave(how: ReceiverBehaviour): void;
  close(): Promise<void>;
}

const path = '/ping/3f6c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';

export async function startHeartbeatReceiver(): Promise<HeartbeatReceiver> {
  const beats: Beat[] = [];
  let behaviour: ReceiverBehaviour = { status: 200, text: 'OK' };
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    beats.push({ at: Date.now(), method, path: url, headers });
    request.resume();
    if (behaviour !== 'hang') response.writeHead(behaviour.status).end(behaviour.text);
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}${path}`,
    beats,
    behave: (how) => {
      behaviour = how;
    },
    close: async () => {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}
