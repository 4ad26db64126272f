import { describe, expect, it } from '@jest/globals';
import type { DurableLog, LogRecord } from '@quorate/bus';
import type { Heartbeat } from '@quorate/contracts';
import { RegionWatch } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { SettledRegions } from './settled-regions.ts';

const startAt = Date.UTC(2026, 10, 21, 10);

function heartbeatAt(appendedAt: number): LogRecord {
  const value: Heartbeat = {
    ...{ v: 1, region: 'eu', proberId: 'eu-1', version: '1.0.0' },
    ...{ startedAt: startAt, at: appendedAt, state: 'running', isolated: false },
  };
  const place = { topic: 'heartbeats', partition: 0, offset: appendedAt - startAt, headers: {} };
  return { ...place, appendedAt, key: 'eu/eu-1', value: JSON.stringify(value) };
}

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

  it('wait for a fresh heartbeat where all are old: our own clock may run ahead of the log’s', () => {
    let now = startAt + 90_000;
    let hear: (records: readonly LogRecord[]) => void = () => undefined;
    const follow: DurableLog['follow'] = (_topics, _from, handle) => {
      hear = handle;
      return {
        caughtUp: { then: (onCaughtUp: () => void) => void onCaughtUp() } as never,
        close: () => Promise.resolve(),
      };
    };
    const watch = new RegionWatch({ now: () => now, follow }, silentLogger);
    const regions = new SettledRegions(watch, { startedAt: now, logger: silentLogger });
    hear([heartbeatAt(startAt)]);
    expect(regions.isSettled(now)).toBe(false);
    now = startAt + 1_900;
    hear([heartbeatAt(now)]);
    expect(regions.isSettled(now)).toBe(true);
  });
});
