import { describe, expect, it } from '@jest/globals';
import type { ProberPresence } from './live-regions.ts';
import { retiredProbers } from './retired-probers.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;

function prober(region: string, proberId: string, heardAgoMs: number, state: ProberPresence['state']): ProberPresence {
  const lastSeenAt = now - heardAgoMs;
  return { region, proberId, version: '1.0.0', startedAt: 0, lastSeenAt, state, isolatedSince: null };
}

describe('probers', () => {
  it('are retired after a day, where others of their region live', () => {
    const probers = [
      prober('eu', 'eu-1', 25 * hour, 'stopped'),
      prober('eu', 'eu-2', 25 * hour, 'silent'),
      prober('eu', 'eu-3', 23 * hour, 'silent'),
      prober('eu', 'eu-4', 0, 'live'),
    ];
    expect(retiredProbers(probers, now).map(({ proberId }) => proberId)).toEqual(['eu-1', 'eu-2']);
  });

  it('are all that registers a silent region, and stay', () => {
    expect(retiredProbers([prober('ap', 'ap-1', 900 * hour, 'silent')], now)).toEqual([]);
  });
});
