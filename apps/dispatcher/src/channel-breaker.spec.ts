import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttemptResult } from '@quorate/alerting';
import { ChannelBreaker } from './channel-breaker.ts';

let breaker: ChannelBreaker;
let changes: string[];

const ended = (outcome: AttemptResult['outcome']) => (): Promise<AttemptResult> =>
  Promise.resolve({ at: 0, outcome, statusCode: null, error: null, durationMs: 1, retryAfterMs: null });

async function fail(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await breaker.run(ended('failed'));
}

async function halfOpen(): Promise<void> {
  while (breaker.slots(4) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}

beforeEach(() => {
  changes = [];
  breaker = new ChannelBreaker({ openMs: 10, windowMs: 60_000 }, (state) => changes.push(state));
});

afterEach(() => {
  breaker.end();
});

describe("a channel's breaker", () => {
  it('lets everything through, and hands back every result, while it is closed', async () => {
    expect((await breaker.run(ended('accepted')))?.outcome).toBe('accepted');
    expect((await breaker.run(ended('failed')))?.outcome).toBe('failed');
    expect(breaker.slots(4)).toBe(4);
  });

  it('opens when most tries fail, and tries nothing then', async () => {
    await fail(5);
    expect(breaker.slots(4)).toBe(0);
    expect(await breaker.run(ended('accepted'))).toBeNull();
    expect(changes).toEqual(['open']);
  });

  it('stays closed while too few tries were made to say anything', async () => {
    await fail(4);
    expect(breaker.slots(4)).toBe(4);
  });

  it('stays closed when the other side refuses: it answers, after all', async () => {
    for (let index = 0; index < 10; index++) await breaker.run(ended('refused'));
    expect(breaker.slots(4)).toBe(4);
  });

  it('lets one through after a while, and closes when it gets there', async () => {
    await fail(5);
    await halfOpen();
    expect(breaker.slots(4)).toBe(1);
    const sent = breaker.run(ended('accepted'));
    expect(breaker.slots(4)).toBe(0);
    await sent;
    expect(breaker.slots(4)).toBe(4);
    expect(changes).toEqual(['open', 'closed']);
  });

  it('opens again when that one fails', async () => {
    await fail(5);
    await halfOpen();
    await fail(1);
    expect(breaker.slots(4)).toBe(0);
    await halfOpen();
    expect(breaker.slots(4)).toBe(1);
  });

  it('closes at once when its channel was edited', async () => {
    await fail(5);
    breaker.reset();
    expect(breaker.slots(4)).toBe(4);
  });
});
