/** How regions are shown. */
import { describe, expect, it } from '@jest/globals';
import { heartbeatFreshMs } from '@quorate/contracts';
import type { ProberPresence } from '@quorate/schedule';
import { presentRegions } from './region.presenter.ts';

const startedAt = Date.UTC(2026, 10, 21, 10);

function prober(region: string, proberId: string, change: Partial<ProberPresence> = {}): ProberPresence {
  const lastSeenAt = startedAt + 60_000;
  return { region, proberId, version: '1.0.0', startedAt, lastSeenAt, state: 'live', isolatedSince: null, ...change };
}

const at = (afterMs: number) => new Date(startedAt + afterMs).toISOString();

describe('presentRegions', () => {
  it('shows each region once, with its probers', () => {
    const shown = presentRegions([prober('ap', 'ap-1'), prober('eu', 'eu-1'), prober('eu', 'eu-2')]);
    expect(shown.map(({ name, probers }) => [name, probers.map(({ id }) => id)])).toEqual([
      ['ap', ['ap-1']],
      ['eu', ['eu-1', 'eu-2']],
    ]);
  });

  it('is live since its oldest living prober began', () => {
    const shown = presentRegions([
      prober('eu', 'eu-1', { startedAt: startedAt - 5_000, state: 'silent' }),
      prober('eu', 'eu-2', { startedAt: startedAt + 5_000 }),
      prober('eu', 'eu-3', { startedAt: startedAt + 2_000 }),
    ]);
    expect(shown).toMatchObject([{ state: 'live', since: at(2_000) }]);
  });

  it('is isolated only when each of its living probers is, since the last of them found out', () => {
    const isolated = (id: string, afterMs: number) => prober('eu', id, { isolatedSince: startedAt + afterMs });
    const both = [isolated('eu-1', 3_000), isolated('eu-2', 9_000), prober('eu', 'eu-3', { state: 'silent' })];
    expect(presentRegions(both)).toMatchObject([{ state: 'isolated', since: at(9_000) }]);
    expect(presentRegions([...both, prober('eu', 'eu-4')])).toMatchObject([{ state: 'live', since: at(0) }]);
  });

  it('is silent since its last sign of life went stale', () => {
    const silent = prober('eu', 'eu-1', { state: 'silent' });
    expect(presentRegions([silent])).toMatchObject([{ state: 'silent', since: at(60_000 + heartbeatFreshMs) }]);
  });

  it('is silent since its prober said farewell', () => {
    expect(presentRegions([prober('eu', 'eu-1', { state: 'stopped' })])).toMatchObject([
      { state: 'silent', since: at(60_000) },
    ]);
  });
});
