import { describe, expect, it } from '@jest/globals';
import type { DurableLog, LogRecord } from '@quorate/bus';
import { heartbeatFreshMs, type Heartbeat } from '@quorate/contracts';
import { RegionWatch } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { SettledRegions } from './settled-regions.ts';

const startAt = Date.UTC(2026, 10, 21, 10);

function heartbeatAt(appendedAt: number, region = 'eu'): LogRecord {
  const value: Heartbeat = {
    ...{ v: 1, region, proberId: `${region}-1`, version: '1.0.0' },
    ...{ startedAt: startAt, at: appendedAt, state: 'running', isolated: false },
  };
  const place = { topic: 'heartbeats', partition: 0, offset: appendedAt - startAt, headers: {} };
  return { ...place, appendedAt, key: `${region}/${region}-1`, value: JSON.stringify(value) };
}

/** `hear` takes in a heartbeat that the log took in then, at once or at `receivedAt` by our own clock. */
function regionsFrom(startedAt: number) {
  let now = startedAt;
  let take: (records: readonly LogRecord[]) => void = () => undefined;
  const follow: DurableLog['follow'] = (_topics, _from, handle) => {
    take = handle;
    return {
      caughtUp: { then: (onCaughtUp: () => void) => void onCaughtUp() } as never,
      close: () => Promise.resolve(),
    };
  };
  const watch = new RegionWatch({ now: () => now, follow }, silentLogger);
  const regions = new SettledRegions(watch, { startedAt, logger: silentLogger });
  const hear = (appendedAt: number, receivedAt = appendedAt, region = 'eu') => {
    now = receivedAt;
    take([heartbeatAt(appendedAt, region)]);
  };
  return { regions, hear };
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
    const { regions, hear } = regionsFrom(startAt + 90_000);
    hear(startAt, startAt + 90_000);
    expect(regions.isSettled(startAt + 90_000)).toBe(false);
    hear(startAt + 1_900);
    expect(regions.isSettled(startAt + 1_900)).toBe(true);
  });
});

describe('a process that was frozen as it started', () => {
  it('begins its wait as it is asked first: no round asks nobody for that', () => {
    const { regions, hear } = regionsFrom(startAt);
    expect(regions.isSettled(startAt + 20_500)).toBe(false);
    hear(startAt + 20_000, startAt + 20_700);
    expect(regions.isSettled(startAt + 20_750)).toBe(true);
    expect(regions.known(startAt + 20_750).live).toEqual(['eu']);
  });

  it('does not ask the first region that it hears alone', () => {
    const { regions, hear } = regionsFrom(startAt);
    hear(startAt, startAt, 'us');
    expect(regions.isSettled(startAt + 20_500)).toBe(false);
    hear(startAt + 20_000, startAt + 20_700);
    expect(regions.isSettled(startAt + 20_750)).toBe(false);
    hear(startAt + 20_800, startAt + 20_900, 'us');
    expect(regions.isSettled(startAt + 21_000)).toBe(true);
  });

  it('does not wait for ever where nobody is there', () => {
    const { regions } = regionsFrom(startAt);
    for (let waitedMs = 0; waitedMs < heartbeatFreshMs; waitedMs += 250)
      expect(regions.isSettled(startAt + 20_500 + waitedMs)).toBe(false);
    expect(regions.isSettled(startAt + 20_500 + heartbeatFreshMs)).toBe(true);
  });
});

describe('a process that owned nothing until now', () => {
  it('has listened meanwhile, and waits for no region that fell silent long ago', () => {
    const { regions, hear } = regionsFrom(startAt);
    hear(startAt, startAt, 'us');
    hear(startAt + 59_000);
    expect(regions.isSettled(startAt + 60_000)).toBe(true);
  });
});

describe('regions that had settled', () => {
  const settled = () => {
    const stage = regionsFrom(startAt);
    stage.hear(startAt);
    expect(stage.regions.isSettled(startAt)).toBe(true);
    return stage;
  };

  it('are heard anew by a process that was frozen: whatever it missed, no round asks nobody for that', () => {
    const { regions, hear } = settled();
    expect(regions.isSettled(startAt + 60_000)).toBe(false);
    expect(regions.isSettled(startAt + 60_250)).toBe(false);
    hear(startAt + 60_100, startAt + 60_300);
    expect(regions.isSettled(startAt + 60_500)).toBe(true);
    expect(regions.known(startAt + 60_500).live).toEqual(['eu']);
  });

  it('are not awaited for ever: rounds that ask nobody say that nobody is there', () => {
    const { regions } = settled();
    for (let waitedMs = 0; waitedMs < heartbeatFreshMs; waitedMs += 250)
      expect(regions.isSettled(startAt + 60_000 + waitedMs)).toBe(false);
    expect(regions.isSettled(startAt + 60_000 + heartbeatFreshMs)).toBe(true);
    expect(regions.isSettled(startAt + 60_250 + heartbeatFreshMs)).toBe(true);
  });

  it('may fall silent one after the other, and nobody waits for that', () => {
    const { regions } = settled();
    for (let passedMs = 0; passedMs < 30_000; passedMs += 2_000)
      expect(regions.isSettled(startAt + passedMs)).toBe(true);
    expect(regions.known(startAt + 30_000).live).toEqual([]);
  });
});
