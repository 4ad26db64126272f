/** Waking a loop that waits. */
import { describe, expect, it } from '@jest/globals';
import { Signal } from './signal.ts';

const longMs = 60_000;

describe('a signal', () => {
  it('wakes who waits', async () => {
    const signal = new Signal();
    const waiting = signal.wait(longMs, new AbortController().signal);
    signal.raise();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('is kept for who will wait, once', async () => {
    const signal = new Signal();
    signal.raise();
    signal.raise();
    await signal.wait(longMs, new AbortController().signal);
    const stopping = new AbortController();
    let isOver = false;
    const second = signal.wait(longMs, stopping.signal).then(() => (isOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    stopping.abort();
    await second;
  });

  it('lets go after a time', async () => {
    await expect(new Signal().wait(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  it('does not wait once all is to end', async () => {
    await expect(new Signal().wait(longMs, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
