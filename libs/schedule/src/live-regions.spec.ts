import { describe, expect, it } from '@jest/globals';
import { heartbeatFreshMs, type Heartbeat } from '@quorate/contracts';
import fc from 'fast-check';
import { LiveRegions } from './live-regions.ts';

fc.configureGlobal({ seed: 12 });

const now = 1_800_000_000_000;

function heartbeat(region: string, changes: Partial<Heartbeat> = {}): Heartbeat {
  return {
    v: 1,
    region,
    proberId: `${region}-1`,
    version: '0.1.0',
    startedAt: now,
    at: now,
    state: 'running',
    isolated: false,
    ...changes,
  };
}

interface Heard {
  readonly appendedAt?: number;
  readonly receivedAt?: number;
  readonly changes?: Partial<Heartbeat>;
}

function hear(
  regions: LiveRegions,
  region: string,
  { appendedAt = now, receivedAt = now, changes = {} }: Heard = {},
): void {
  const value = heartbeat(region, changes);
  regions.observe({ key: `${region}/${value.proberId}`, heartbeat: value, appendedAt, receivedAt });
}

describe('LiveRegions', () => {
  it('knows a region from its first heartbeat, sorted by name', () => {
    const regions = new LiveRegions();
    hear(regions, 'us');
    hear(regions, 'ap');
    expect(regions.registered()).toEqual(['ap', 'us']);
    expect(regions.live(now)).toEqual(['ap', 'us']);
  });

  it('holds a region as silent once its heartbeat is older than the limit, and as registered still', () => {
    const regions = new LiveRegions();
    hear(regions, 'eu');
    expect(regions.live(now + heartbeatFreshMs)).toEqual(['eu']);
    expect(regions.live(now + heartbeatFreshMs + 1)).toEqual([]);
    expect(regions.registered()).toEqual(['eu']);
  });

  it('sees at once, while it reads the past, that a region fell silent long before the others', () => {
    const regions = new LiveRegions();
    hear(regions, 'eu', { appendedAt: now - 3_600_000 });
    hear(regions, 'us', { appendedAt: now - 1_000 });
    expect(regions.live(now)).toEqual(['us']);
  });

  it("does not mind a prober's wrong clock", () => {
    const regions = new LiveRegions();
    hear(regions, 'eu', { changes: { at: 0 } });
    hear(regions, 'us', { changes: { at: now + 86_400_000 } });
    expect(regions.live(now)).toEqual(['eu', 'us']);
  });

  it("goes on telling who is silent when the log's clock is set back", () => {
    const regions = new LiveRegions();
    const setBackMs = 3_600_000;
    hear(regions, 'ap', { appendedAt: now - heartbeatFreshMs });
    hear(regions, 'eu');
    hear(regions, 'us');
    const later = now - setBackMs;
    hear(regions, 'us', { appendedAt: later, receivedAt: later });
    expect(regions.live(later)).toEqual(['ap', 'eu', 'us']);
    hear(regions, 'us', { appendedAt: later + 1, receivedAt: later + 1 });
    expect(regions.live(later + 1)).toEqual(['eu', 'us']);
    hear(regions, 'us', { appendedAt: later + heartbeatFreshMs + 1, receivedAt: later + heartbeatFreshMs + 1 });
    expect(regions.live(later + heartbeatFreshMs + 1)).toEqual(['us']);
  });

  it("does not mind a difference between the log's clock and the reader's", () => {
    const regions = new LiveRegions();
    hear(regions, 'eu', { appendedAt: now - 60_000, receivedAt: now });
    hear(regions, 'us', { appendedAt: now - 60_000, receivedAt: now });
    expect(regions.live(now)).toEqual(['eu', 'us']);
  });

  it('counts a region as live as long as one of its probers is', () => {
    const regions = new LiveRegions();
    hear(regions, 'eu', { changes: { proberId: 'eu-1', state: 'stopped' } });
    hear(regions, 'eu', { changes: { proberId: 'eu-2' } });
    expect(regions.live(now)).toEqual(['eu']);
    expect(regions.probers(now).map(({ proberId, state }) => [proberId, state])).toEqual([
      ['eu-1', 'stopped'],
      ['eu-2', 'live'],
    ]);
  });

  it('takes an orderly stop at its word, without waiting', () => {
    const regions = new LiveRegions();
    hear(regions, 'eu', { changes: { state: 'stopped' } });
    expect(regions.live(now)).toEqual([]);
    expect(regions.registered()).toEqual(['eu']);
  });

  it('tells since when a prober holds itself cut off, and counts its region as live all the while', () => {
    const regions = new LiveRegions();
    const isolatedSince = () => regions.probers(now).map((prober) => prober.isolatedSince);
    for (const [agoMs, isolated] of [
      [8_000, true],
      [6_000, false],
      [4_000, true],
      [2_000, true],
    ] as const) {
      hear(regions, 'eu', { appendedAt: now - agoMs, changes: { isolated } });
    }
    expect(isolatedSince()).toEqual([now - 4_000]);
    expect(regions.live(now)).toEqual(['eu']);
    hear(regions, 'eu', { appendedAt: now });
    expect(isolatedSince()).toEqual([null]);
  });

  it('forgets a region whose last prober was removed', () => {
    const regions = new LiveRegions();
    hear(regions, 'eu');
    regions.observe({ key: 'eu/eu-1', heartbeat: null, appendedAt: now, receivedAt: now });
    expect(regions.registered()).toEqual([]);
  });

  it('never calls a region live that is not registered', () => {
    const heard = fc.array(
      fc.tuple(fc.constantFrom('eu', 'us', 'ap'), fc.integer({ min: 0, max: 60_000 }), fc.boolean()),
    );
    fc.assert(
      fc.property(heard, fc.integer({ min: 0, max: 120_000 }), (list, laterMs) => {
        const regions = new LiveRegions();
        for (const [region, agoMs, isRunning] of list) {
          hear(regions, region, { appendedAt: now - agoMs, changes: { state: isRunning ? 'running' : 'stopped' } });
        }
        expect(regions.registered()).toEqual(expect.arrayContaining(regions.live(now + laterMs)));
      }),
    );
  });
});
