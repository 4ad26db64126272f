import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DurableLog, LogRecord } from '@quorate/bus';
import { heartbeatFreshMs, heartbeatKey, type Heartbeat } from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { RegionWatch } from './region-watch.ts';

const start = 1_800_000_000_000;
let now: number;
let offset: number;
let hear: (records: readonly LogRecord[]) => void;
let watch: RegionWatch;

function put(key: string, value: string | null): void {
  hear([{ topic: 'heartbeats', partition: 0, offset: offset++, appendedAt: now, key, value, headers: {} }]);
}

function beat(region: string): void {
  const prober = { region, proberId: `${region}-1` };
  const heartbeat: Heartbeat = {
    ...{ v: 1, ...prober, version: '0.1.0', startedAt: start, at: start, state: 'running', isolated: false },
  };
  put(heartbeatKey(prober), JSON.stringify(heartbeat));
}

beforeEach(() => {
  [now, offset] = [start, 0];
  const follow: DurableLog['follow'] = (_topics, _from, handle) => {
    hear = handle;
    return { caughtUp: Promise.resolve(), close: () => Promise.resolve() };
  };
  watch = new RegionWatch({ now: () => now, follow }, silentLogger);
  beat('us');
  beat('eu');
});

describe('a region watch', () => {
  it('knows the regions and probers that were heard', () => {
    expect(watch.known(now)).toEqual({ live: ['eu', 'us'], registered: ['eu', 'us'] });
    expect(watch.probers()).toMatchObject([{ proberId: 'eu-1', state: 'live' }, { proberId: 'us-1' }]);
  });

  it('hears of regions that come, fall silent or are removed', () => {
    now += heartbeatFreshMs + 1;
    beat('ap');
    put('us/us-1', null);
    expect(watch.known(now)).toEqual({ live: ['ap'], registered: ['ap', 'eu'] });
  });

  it('is not disturbed by what no prober wrote', () => {
    put('eu/eu-1', 'not JSON');
    put('us/us-1', '{"v":1}');
    expect(watch.known(now).live).toEqual(['eu', 'us']);
  });
});
