import { beforeEach, describe, expect, it } from '@jest/globals';
import { alertSchema, type AuditFinding } from '@quorate/contracts';
import { restorePlatform } from './decide-platform.ts';
import { hour, PlatformStage, second, start } from './platform.stage.ts';

let stage: PlatformStage;

beforeEach(() => {
  stage = new PlatformStage();
});

describe('no region', () => {
  it('is one alert, not one for each region and another for their monitors', () => {
    stage.all('silent');
    stage.reports.set(0, { unknownCount: 5, missingRegions: ['ap', 'eu', 'us'] });
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened no-region']);
    expect(stage.told[0]?.trouble).toMatchObject({
      severity: 'critical',
      detail: expect.stringContaining('ap (silent since 2027-01-15 07:59:53 UTC)') as unknown,
    });
  });

  it('is over with the first that is back; of those that are not it is told then', () => {
    stage.all('silent');
    stage.pass(70 * second);
    stage.regions.set('eu', 'live');
    stage.pass(70 * second);
    expect(stage.words()).toEqual([
      'opened no-region',
      'resolved no-region',
      'opened region-silent:ap',
      'opened region-silent:us',
    ]);
  });

  it('does not end what was told of a region before', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(70 * second);
    stage.all('silent');
    stage.pass(70 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'opened no-region']);
  });

  it('is also when each that lives is cut off, and when there is none', () => {
    stage.all('isolated');
    stage.pass(70 * second);
    expect(stage.words()).toEqual(['opened no-region']);
    stage.regions.clear();
    stage.memory = restorePlatform(new Map());
    stage.pass(70 * second);
    expect(stage.told.at(-1)?.trouble?.detail).toBe('No prober is registered.');
  });
});

describe('a region that lives', () => {
  it('is told of when it is cut off, and explains the monitors that it does not vote on', () => {
    stage.regions.set('eu', 'isolated');
    stage.reports.set(2, { unknownCount: 1 });
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened region-isolated:eu']);
    expect(stage.told[0]?.trouble?.remedy).toContain('QUORATE_CANARIES');
  });

  it('is told of when it contradicts the others, unless it has no vote anyway', () => {
    stage.reports.set(0, { quarantinedRegions: ['us', 'ap'] });
    stage.reports.set(2, { quarantinedRegions: ['us'] });
    stage.regions.set('ap', 'silent');
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'opened region-quarantined:us']);
    expect(stage.told[1]?.trouble?.detail).toMatch(/^In 2 of 3 partitions/);
  });
});

describe('a partition', () => {
  it('that nobody decides is told of, however it was reported before, and does not lag as well', () => {
    stage.reports.set(1, { at: stage.now, lagMs: 60_000 });
    stage.pass(58 * second);
    expect(stage.words()).toEqual([]);
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened partitions-undecided']);
    expect(stage.told[0]).toMatchObject({
      monitor: { name: '1 of 3 partitions undecided' },
      trouble: { severity: 'critical', detail: 'No aggregator decides for 1 since 2027-01-15 08:00:05 UTC.' },
    });
  });

  it('that was never reported is told of too', () => {
    stage.reports.delete(2);
    stage.pass(50 * second);
    expect(stage.told[0]?.trouble?.detail).toBe('No aggregator decides for 2.');
  });

  it('that is read late is told of', () => {
    stage.reports.set(0, { lagMs: 15_000 });
    stage.pass(hour);
    expect(stage.words()).toEqual([]);
    stage.reports.set(0, { lagMs: 45_400 });
    stage.pass(70 * second);
    expect(stage.told[0]?.trouble?.detail).toBe('In 1 of 3 partitions votes wait up to 45 s to be read.');
  });
});

describe('monitors', () => {
  it('that are unknown while every region lives are told of, with whom they wait for', () => {
    stage.reports.set(0, { unknownCount: 5, faultyCount: 1, missingRegions: ['us'] });
    stage.reports.set(2, { unknownCount: 3, missingRegions: ['ap', 'us'] });
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened decisions-failing', 'opened monitors-unknown']);
    expect(stage.told[0]?.monitor.name).toBe('Decisions fail for 1 monitor');
    expect(stage.told[1]).toMatchObject({
      monitor: { name: '7 monitors are unknown' },
      regions: ['ap', 'us'],
      trouble: { detail: 'Too few regions answer for them. No answer comes from ap, us.' },
    });
  });

  it('that ask regions which nobody ever heard of are told of as such', () => {
    stage.reports.set(0, { unknownCount: 1 });
    stage.pass(70 * second);
    expect(stage.told[0]?.trouble?.detail).toContain('No region that they name is registered, or');
  });
});

describe('what the auditor finds', () => {
  const finding: AuditFinding = {
    kind: 'incident-stray',
    count: 2,
    since: start - hour,
    title: '2 incidents are shown as open and are over',
    severity: 'warning',
    consequence: 'The API shows an outage that has ended.',
    remedy: 'See the log of the API.',
    samples: [
      { subject: 'shop:1', detail: 'It was resolved at 07:00.' },
      { subject: 'blog:2', detail: 'It was resolved at 07:05.' },
    ],
  };

  it('is told of in its words, once for each kind, until the auditor finds it no more', () => {
    const { kind: _kind, count: _count, since: _since, title, samples: _samples, ...words } = finding;
    stage.findings = [
      finding,
      { ...finding, kind: 'record-missing', title: '1 entity is not on the log', samples: [] },
    ];
    stage.pass(hour);
    stage.findings = [{ ...finding, count: 5, title: '5 incidents are shown as open and are over' }];
    stage.pass(hour);
    expect(stage.words()).toEqual([
      'opened audit:incident-stray',
      'opened audit:record-missing',
      'resolved audit:record-missing',
    ]);
    expect(stage.told[0]).toMatchObject({
      firstFailureAt: start - hour,
      monitor: { name: title },
      trouble: {
        ...words,
        detail:
          'Found since 2027-01-15 07:00:00 UTC. shop:1: It was resolved at 07:00. blog:2: It was resolved at 07:05.',
      },
    });
  });

  it('is cut to what a message holds', () => {
    const detail = 'x'.repeat(500);
    stage.findings = [{ ...finding, samples: Array.from({ length: 5 }, () => ({ subject: 's', detail })) }];
    stage.pass(20 * second);
    expect(alertSchema.parse(stage.told[0]).trouble?.detail).toHaveLength(2_000);
  });
});
