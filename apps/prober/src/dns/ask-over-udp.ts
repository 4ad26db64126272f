/** Asks over UDP: a datagram may be lost on either way, so the question is repeated within its time. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { codeOf } from '../exchange/connection.ts';
import { decodeReply, type Reply } from './message.ts';
import { describeServer, malformedReply, type Asking } from './asking.ts';

/** The question goes out so often, evenly spread over the time that there is. */
const sendsMax = 3;

function openSocket({ address, port }: Asking['server']): Socket {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  // Connected, so that the kernel lets nobody else's datagrams through and tells of a closed port.
  socket.connect(port, address);
  return socket;
}

export async function askOverUdp(
  attempt: Attempt,
  { server, question, message, id, limitMs }: Asking,
): Promise<Reply | Failure> {
  return await attempt.wait<Reply>('ttfb', (done) => {
    const socket = openSocket(server);
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.removeAllListeners();
      // What comes after the end has nobody to tell.
      socket.on('error', () => undefined);
      socket.close();
    };
    const finish = (outcome: Reply | Failure): void => {
      end();
      done(outcome);
    };
    const send = (): void => void socket.send(message);
    socket.once('connect', () => {
      for (let count = 0; count < sendsMax; count++) timers.push(setTimeout(send, (limitMs * count) / sendsMax));
    });
    timers.push(setTimeout(() => finish(unanswered(server)), limitMs));
    socket.on('error', (error) => finish(unreachable(server, codeOf(error))));
    socket.on('message', (bytes) => {
      const reply = read(bytes, { server, question, message, id, limitMs });
      if (reply !== null) finish(reply);
    });
    return end;
  });
}

/** Null for what answers something else: the reply itself may still come. */
function read(bytes: Buffer, { server, question, id }: Asking): Reply | Failure | null {
  try {
    return decodeReply(bytes, question, id);
  } catch {
    return malformedReply(server);
  }
}

function unanswered(server: Asking['server']): Failure {
  return new Failure('timeout.response', `${describeServer(server)} did not answer`);
}

function unreachable(server: Asking['server'], code: string): Failure {
  if (code === 'ECONNREFUSED') return new Failure('connect.refused', `nobody answers at ${describeServer(server)}`);
  return new Failure('connect.unreachable', `${describeServer(server)} cannot be reached (${code})`);
}
