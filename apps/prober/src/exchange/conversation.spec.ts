import { describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startRawServer } from '@quorate/testing';
import { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { openProbeStage } from '../probes/probe.stage.ts';
import { Conversation } from './conversation.ts';

const stage = await openProbeStage();
const longest = 64 * 1024;

/** Each byte in a packet of its own, as long as somebody listens. */
async function dribble(socket: Socket): Promise<void> {
  socket.setNoDelay(true);
  while (!socket.destroyed) {
    socket.write('x');
    await nextTurn();
  }
}

describe('a conversation', () => {
  it('with a target that says a byte at a time, without end, reads what it heard a few times only', async () => {
    const server = await stage.serve(startRawServer(dribble));
    const { outbound, signal, startedAt } = stage.context();
    const attempt = new Attempt({ startedAt, timeoutMs: 30_000, signal });
    const conversation = new Conversation(attempt, 'utf8');
    await conversation.dial(outbound, { host: 'localhost', port: server.port, family: 'auto' });
    let read = 0;
    const failure = await conversation.hear(
      (text) => {
        read += text.length;
        return null;
      },
      ({ state }) => new Failure('tcp.mismatch', state),
    );
    conversation.hangUp();
    attempt.finish();
    expect(failure).toMatchObject({ message: 'overflowing' });
    // Looking at each byte would read 32,768 times as much.
    expect(read).toBeLessThan(200 * longest);
  });
});
