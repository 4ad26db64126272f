/** How regions and partitions are shown. */
import { describe, expect, it } from '@jest/globals';
import type { PartitionReport } from '@quorate/contracts';
import type { ProberPresence } from '@quorate/schedule';
import { presentPartitions, presentRegions } from './region.presenter.ts';

const startedAt = Date.UTC(2026, 10, 21, 10);

function prober(region: string, proberId: string, change: Partial<ProberPresence> = {}): ProberPresence {
  const lastSeenAt = startedAt + 60_000;
  return { region, proberId, version: '1.0.0', startedAt, lastSeenAt, state: 'live', isolatedSince: null, ...change };
}

const at = (afterMs: number) => new Date(startedAt + afterMs).toISOString();

describe('presentRegions', () => {
  it('shows each region once, with its probers', () => {
    const probers = [prober('ap', 'ap-1'), prober('eu', 'eu-1'), prober('eu', 'eu-2', { state: 'silent' })];
    expect(presentRegions(probers, new Map())).toMatchObject([
      { name: 'ap', state: 'live', since: at(0), quarantinedPartitionCount: 0, probers: [{ id: 'ap-1' }] },
      { name: 'eu', probers: [{ id: 'eu-1', version: '1.0.0', lastSeenAt: at(60_000) }, { id: 'eu-2' }] },
    ]);
  });

  it('shows a live region as quarantined since its votes are set aside somewhere; silence goes first', () => {
    const probers = [prober('ap', 'ap-1', { state: 'stopped' }), prober('eu', 'eu-1'), prober('us', 'us-1')];
    const quarantine = { since: startedAt + 30_000, partitionCount: 4 };
    const quarantines = new Map(['ap', 'eu'].map((region) => [region, quarantine]));
    expect(presentRegions(probers, quarantines)).toMatchObject([
      { name: 'ap', state: 'silent', since: at(60_000), quarantinedPartitionCount: 4 },
      { name: 'eu', state: 'quarantined', since: at(30_000), quarantinedPartitionCount: 4 },
      { name: 'us', state: 'live' },
    ]);
  });
});

describe('presentPartitions', () => {
  const now = startedAt + 600_000;
  const reportOf = (partition: number, changes: Partial<PartitionReport> = {}): PartitionReport => {
    const counts = { lagMs: 0, monitorCount: 0, unknownCount: 0, faultyCount: 0 };
    return { v: 1, partition, at: now, ...counts, missingRegions: [], quarantinedRegions: [], ...changes };
  };

  it('adds up what the partitions report, and names those that nobody decides', () => {
    const reports = new Map([
      [0, reportOf(0, { monitorCount: 4, unknownCount: 2, faultyCount: 1, lagMs: 70 })],
      [2, reportOf(2, { monitorCount: 3, unknownCount: 1, lagMs: 900, at: startedAt })],
    ]);
    expect(presentPartitions({ now, partitionCount: 3, reports })).toEqual({
      count: 3,
      undecided: [1, 2],
      lagMs: 900,
      monitorCount: 7,
      unknownMonitorCount: 3,
      faultyMonitorCount: 1,
    });
  });

  it('knows nothing of partitions that were never reported', () => {
    expect(presentPartitions({ now, partitionCount: 1, reports: new Map() })).toMatchObject({
      undecided: [0],
      lagMs: 0,
    });
  });
});
