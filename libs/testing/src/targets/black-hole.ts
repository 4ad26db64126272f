/**
 * A port that takes no connection and refuses none, as behind a firewall that drops packets: a thread listens there and
 * then stands still, so that once its queue is full the kernel drops whoever knocks.
 */
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

interface BlackHole {
  readonly port: number;
  close(): Promise<void>;
}

const listener = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer(() => undefined);
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});`;

const connectionsTriedMax = 10;
/** On the loopback interface whoever is let in is let in at once. */
const patienceMs = 150;

async function isTaken(socket: Socket): Promise<boolean> {
  return await new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

export async function startBlackHole(): Promise<BlackHole> {
  const worker = new Worker(listener, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const sockets: Socket[] = [];
  do sockets.push(connect({ port, host: '127.0.0.1' }));
  while ((await isTaken(sockets.at(-1) as Socket)) && sockets.length < connectionsTriedMax);
  return {
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await worker.terminate();
    },
  };
}
