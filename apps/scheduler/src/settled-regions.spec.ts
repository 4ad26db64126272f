import { describe, expect, it } from '@jest/globals';
import { RegionWatch } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { SettledRegions } from './settled-regions.ts';

describe('regions that have not settled', () => {
  it('end quietly: an end while the brokers are away is an orderly one', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const caughtUp = Promise.withResolvers<void>();
    const close = () => Promise.resolve(caughtUp.reject(new Error('closed before it had caught up')));
    const watch = new RegionWatch(
      { now: () => 0, follow: () => ({ caughtUp: caughtUp.promise, close }) },
      silentLogger,
    );
    const regions = new SettledRegions(watch, { startedAt: 0, logger: silentLogger });
    await watch.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(regions.isSettled(0)).toBe(false);
  });
});
