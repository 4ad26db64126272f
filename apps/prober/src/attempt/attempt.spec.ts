import { afterAll, describe, expect, it } from '@jest/globals';
import { Attempt } from './attempt.ts';
import { Failure } from './failure.ts';

const stop = new AbortController();
afterAll(() => stop.abort());

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms));
const begin = (timeoutMs: number): Attempt => new Attempt({ startedAt: 0, timeoutMs, signal: stop.signal });
const silence = (): (() => void) => () => undefined;

describe('an attempt that the prober itself holds up', () => {
  it('has all of its time for the target, and charges it with none of the wait', async () => {
    const attempt = begin(60);
    attempt.hold();
    const waiting = attempt.wait('tls', silence);
    await pause(100);
    attempt.goOn();
    const goneOnAt = performance.now();
    expect(await waiting).toMatchObject({ reason: 'timeout.tls', outcome: 'down' });
    expect(performance.now() - goneOnAt).toBeGreaterThanOrEqual(55);
    expect(attempt.phases.tlsMs).toBe(attempt.totalMs);
    attempt.finish();
  });

  it('abstains where it is held up for too long', async () => {
    const attempt = begin(60);
    attempt.hold();
    expect(await attempt.wait('tls', silence)).toMatchObject({ reason: 'prober.missed', outcome: 'abstain' });
    attempt.finish();
  });

  it('hears of a stop at once', async () => {
    const attempt = begin(60_000);
    attempt.hold();
    const waiting = attempt.wait('tls', silence);
    attempt.stop();
    expect(await waiting).toBeInstanceOf(Failure);
    attempt.finish();
  });
});

describe('a doubt', () => {
  it('is told once, and the deadline stays where it was', async () => {
    const beganAt = performance.now();
    let doubts = 0;
    const doubt = { afterMs: 30, doubted: () => void (doubts += 1) };
    const attempt = new Attempt({ startedAt: 0, timeoutMs: 80, signal: stop.signal, doubt });
    expect(await attempt.wait('ttfb', silence)).toMatchObject({ reason: 'timeout.response' });
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(80);
    expect(doubts).toBe(1);
    attempt.finish();
  });

  it('is not told of what has ended', async () => {
    let doubts = 0;
    const doubt = { afterMs: 10, doubted: () => void (doubts += 1) };
    const attempt = new Attempt({ startedAt: 0, timeoutMs: 80, signal: stop.signal, doubt });
    attempt.finish();
    await pause(40);
    expect(doubts).toBe(0);
  });
});
