import { describe, expect, it } from '@jest/globals';
import { heartbeatFreshMs } from '@quorate/contracts';
import type { ProberPresence } from './live-regions.ts';
import { regionStatesOf } from './region-state.ts';

const startedAt = 1_800_000_000_000;

function prober(proberId: string, change: Partial<ProberPresence> = {}): ProberPresence {
  const lastSeenAt = startedAt + 60_000;
  const presence = { region: 'eu', proberId, version: '1.0.0', startedAt, lastSeenAt, isolatedSince: null };
  return { ...presence, state: 'live', ...change };
}

const isolated = (proberId: string, afterMs: number) => prober(proberId, { isolatedSince: startedAt + afterMs });

describe('a region', () => {
  it('is live since its oldest living prober began', () => {
    const probers = [
      prober('eu-1', { startedAt: startedAt - 5_000, state: 'silent' }),
      prober('eu-2', { startedAt: startedAt + 5_000 }),
      prober('eu-3', { startedAt: startedAt + 2_000 }),
    ];
    expect(regionStatesOf(probers)).toEqual([{ name: 'eu', state: 'live', since: startedAt + 2_000 }]);
  });

  it('is isolated only when each of its living probers is, since the last of them found out', () => {
    const both = [isolated('eu-1', 3_000), isolated('eu-2', 9_000), prober('eu-3', { state: 'silent' })];
    expect(regionStatesOf(both)).toEqual([{ name: 'eu', state: 'isolated', since: startedAt + 9_000 }]);
    expect(regionStatesOf([...both, prober('eu-4')])).toMatchObject([{ state: 'live', since: startedAt }]);
  });

  it('is silent since its last sign of life went stale', () => {
    const since = startedAt + 60_000 + heartbeatFreshMs;
    expect(regionStatesOf([prober('eu-1', { state: 'silent' })])).toMatchObject([{ state: 'silent', since }]);
  });

  it('is silent since its prober said farewell', () => {
    const since = startedAt + 60_000;
    expect(regionStatesOf([prober('eu-1', { state: 'stopped' })])).toMatchObject([{ state: 'silent', since }]);
  });
});

describe('regions', () => {
  it('are told each once, in the order of their probers', () => {
    const probers = ['ap', 'eu', 'eu', 'us'].map((region, index) => prober(String(index), { region }));
    expect(regionStatesOf(probers).map(({ name }) => name)).toEqual(['ap', 'eu', 'us']);
  });
});
