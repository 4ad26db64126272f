import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canaryOf, decisionSchema } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { startRawServer, type RawServer } from '@quorate/testing';
import { createSurroundings } from '../probes/surroundings.ts';
import type { CanaryQuestion } from './canary-round.ts';
import { canaryTimingsDefault, CanaryWatch, type CanaryTimings } from './canary-watch.ts';
import { StallWatch } from './stall-watch.ts';

const timings: CanaryTimings = { intervalMs: 20, freshMs: 5_000, timeoutMs: 300, idleMs: 50 };

let server: RawServer;
let stop: AbortController;
let stallWatch: StallWatch;
let watch: CanaryWatch;
let told: [CanaryQuestion, boolean][];
let isNeeded: boolean;

function watchCanaries(canaries: readonly string[], changes: Partial<CanaryTimings> = {}): void {
  const guard = new AddressGuard(allowLoopback);
  watch = new CanaryWatch({
    canaries: canaries.flatMap((text) => canaryOf(text) ?? []),
    surroundings: createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal }),
    timings: { ...timings, ...changes },
    stallWatch,
    isNeeded: () => isNeeded,
    tell: (question, isAnswered) => told.push([question, isAnswered]),
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  told = [];
  isNeeded = false;
  stop = new AbortController();
  stallWatch = new StallWatch();
  server = await startRawServer(() => undefined);
});
afterEach(async () => {
  watch.close();
  stop.abort();
  stallWatch.close();
  await server.close();
});

describe('the word of the canaries', () => {
  it('is asked for once by all who wait for it, and is fresh for a while', async () => {
    watchCanaries([`127.0.0.1:${server.port}`]);
    await Promise.all(Array.from({ length: 20 }, () => watch.freshen('link', 1_000)));
    await watch.freshen('link', 1_000);
    expect(told).toEqual([['link', true]]);
    expect(server.connectionCount).toBe(1);
  });

  it('is not so old that all confirming rounds of an outage would go by it', () => {
    const ageMax = decisionSchema.parse({ confirmIntervalSeconds: canaryTimingsDefault.freshMs / 1_000 });
    expect(() => decisionSchema.parse({ confirmIntervalSeconds: ageMax.confirmIntervalSeconds - 1 })).toThrow();
  });

  it('is yes as soon as one answers, whatever the others do', async () => {
    const silentUrl = `http://127.0.0.1:${server.port}/`;
    watchCanaries(['127.0.0.1:9', silentUrl, `localhost:${server.port}`], { timeoutMs: 60_000 });
    await Promise.all([watch.freshen('link', 60_000), watch.freshen('names', 60_000)]);
    expect(told.sort()).toEqual([
      ['link', true],
      ['names', true],
    ]);
  });

  it('is no when none does in time', async () => {
    watchCanaries([`http://127.0.0.1:${server.port}/`, '127.0.0.1:9'], { freshMs: 0 });
    // A machine that stands still meanwhile leaves the question open: it is asked again.
    while (told.length === 0) await watch.freshen('link', 1_000);
    expect(told).toEqual([['link', false]]);
  });

  it('is not waited for longer than there is time', async () => {
    watchCanaries([`http://127.0.0.1:${server.port}/`]);
    await watch.freshen('link', 20);
    await watch.freshen('link', 0);
    expect(told).toEqual([]);
  });

  it('is nothing when the process stood still meanwhile, or is stopped', async () => {
    watchCanaries([`http://127.0.0.1:${server.port}/`], { freshMs: 0 });
    const first = watch.freshen('link', 1_000);
    const end = performance.now() + 400;
    while (performance.now() < end);
    await first;
    const second = watch.freshen('link', 1_000);
    stop.abort();
    await second;
    expect(told).toEqual([]);
  });
});

describe('rounds of canaries', () => {
  it('begin with the first check and end when no more come', async () => {
    watchCanaries([`127.0.0.1:${server.port}`], { freshMs: 0 });
    await pause(60);
    expect(server.connectionCount).toBe(0);
    watch.wake();
    await pause(40);
    watch.wake();
    await pause(150);
    const rounds = server.connectionCount;
    expect(rounds).toBeGreaterThanOrEqual(2);
    await pause(60);
    expect(server.connectionCount).toBe(rounds);
  });

  it('go on without checks for a prober that waits for its link', async () => {
    isNeeded = true;
    watchCanaries([`127.0.0.1:${server.port}`], { freshMs: 0, idleMs: 0 });
    watch.wake();
    while (server.connectionCount < 3) await pause(10);
  });

  it('are none where there are no canaries', async () => {
    watchCanaries([]);
    watch.wake();
    await pause(60);
    expect(told).toEqual([]);
  });
});
