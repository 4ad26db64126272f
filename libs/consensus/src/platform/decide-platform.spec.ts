import { beforeEach, describe, expect, it } from '@jest/globals';
import { alertSchema, monitorIdSchema } from '@quorate/contracts';
import fc from 'fast-check';
import { acknowledgePlatform, restorePlatform } from './decide-platform.ts';
import type { RegionFact } from './facts.ts';
import { channelIds, hour, PlatformStage, second, start } from './platform.stage.ts';

let stage: PlatformStage;

beforeEach(() => {
  stage = new PlatformStage();
});

describe('an installation that is well', () => {
  it('has nothing to say', () => {
    stage.pass(hour / 6);
    expect(stage.words()).toEqual([]);
  });

  it('has nothing to say of a rolling restart, one region and one partition after the other', () => {
    for (const [index, region] of ['ap', 'eu', 'us'].entries()) {
      stage.regions.set(region, 'silent');
      stage.reports.set(index, { at: stage.now, unknownCount: 2, missingRegions: [region] });
      stage.pass(40 * second);
      stage.regions.set(region, 'live');
      stage.reports.set(index, {});
      stage.pass(5 * second);
    }
    expect(stage.words()).toEqual([]);
  });
});

describe('a silent region', () => {
  it('is told of once, with what it means and what to do, and is over once it is back for a while', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(59 * second);
    expect(stage.words()).toEqual([]);
    stage.pass(2 * second);
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened region-silent:ap']);
    expect(stage.told[0]).toMatchObject({
      subject: 'platform',
      monitor: { name: 'Region ap is silent', type: 'platform' },
      channelIds,
      regions: ['ap'],
      expectedRegions: ['ap', 'eu', 'us'],
      firstFailureAt: start - 7 * second,
      openedAt: start + 65 * second,
      trouble: {
        severity: 'warning',
        detail: 'None of its probers has been heard since 2027-01-15 07:59:53 UTC.',
        consequence: expect.stringContaining('The other regions (eu, us) decide without it.') as unknown,
        remedy: expect.stringContaining('DELETE /api/v1/regions/ap') as unknown,
      },
    });
    stage.regions.set('ap', 'live');
    stage.pass(29 * second);
    expect(stage.told).toHaveLength(1);
    stage.pass(5 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'resolved region-silent:ap']);
    expect(stage.told[1]).toMatchObject({
      incidentId: stage.told[0]?.incidentId,
      resolveCause: 'recovered',
      channelIds,
    });
  });

  it('is more than a warning where only one is left, which decides nothing', () => {
    stage.regions.set('ap', 'silent');
    stage.regions.set('eu', 'silent');
    stage.reports.set(1, { unknownCount: 4, missingRegions: ['ap', 'eu'] });
    stage.pass(70 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'opened region-silent:eu']);
    expect(stage.told[0]?.trouble).toMatchObject({
      severity: 'error',
      consequence: expect.stringMatching(/^Only us is left.* 4 monitors unknown at this moment\.$/) as unknown,
    });
  });

  it('explains the monitors that wait for it, also those whose next round is long after its return', () => {
    stage.regions.set('ap', 'silent');
    stage.reports.set(1, { unknownCount: 3, missingRegions: ['ap'] });
    stage.pass(5 * 60 * second);
    stage.regions.set('ap', 'live');
    stage.pass(hour);
    stage.reports.set(1, { unknownCount: 1, missingRegions: ['ap'] });
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'resolved region-silent:ap']);
    stage.reports.set(1, { unknownCount: 2, missingRegions: ['eu'] });
    stage.pass(70 * second);
    expect(stage.told.at(-1)).toMatchObject({ transition: 'opened', monitor: { name: '1 monitor is unknown' } });
  });

  it('that flickers is not told of again and again', () => {
    for (let turn = 0; turn < 20; turn++) {
      stage.regions.set('ap', turn % 2 === 0 ? 'silent' : 'live');
      stage.pass(turn % 2 === 0 ? 70 * second : 20 * second);
    }
    expect(stage.words()).toEqual(['opened region-silent:ap']);
  });

  it('is over when it is removed', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(70 * second);
    stage.regions.delete('ap');
    stage.pass(40 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'resolved region-silent:ap']);
  });
});

describe('a successor', () => {
  it('says nothing again, and the end of what its predecessor began', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(70 * second);
    stage.memory = restorePlatform(stage.memory.raised);
    stage.pass(hour);
    expect(stage.words()).toEqual(['opened region-silent:ap']);
    stage.regions.set('ap', 'live');
    stage.memory = restorePlatform(stage.memory.raised);
    stage.pass(40 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap', 'resolved region-silent:ap']);
  });

  it('waits for itself to see what holds: nobody watched in between', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(50 * second);
    stage.now += hour;
    stage.pass(50 * second);
    expect(stage.words()).toEqual([]);
    stage.pass(20 * second);
    expect(stage.words()).toEqual(['opened region-silent:ap']);
  });
});

describe('someone', () => {
  it('takes it on once, and only while it lasts', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(70 * second);
    const { incidentId = '' } = stage.told[0] ?? {};
    const acknowledge = (by: string) => {
      const decided = acknowledgePlatform(stage.memory, { incidentId, by, now: stage.now });
      stage.memory = decided.memory;
      stage.told.push(...decided.alerts);
    };
    acknowledge('Ada');
    acknowledge('Bob');
    stage.regions.set('ap', 'live');
    stage.pass(40 * second);
    acknowledge('Cleo');
    expect(stage.told.map(({ transition, acknowledgedBy }) => [transition, acknowledgedBy])).toEqual([
      ['opened', null],
      ['acknowledged', 'Ada'],
      ['resolved', 'Ada'],
    ]);
  });
});

describe('whatever happens', () => {
  const names = ['ap', 'eu', 'us'];
  const report = fc.record({
    stands: fc.boolean(),
    lagMs: fc.constantFrom(0, 30_000),
    unknownCount: fc.integer({ min: 0, max: 3 }),
    faultyCount: fc.integer({ min: 0, max: 3 }),
    missingRegions: fc.subarray(names),
    quarantinedRegions: fc.subarray(names),
  });
  const stretch = fc.record({
    states: fc.array(fc.constantFrom<RegionFact['state']>('live', 'silent', 'isolated'), {
      minLength: 3,
      maxLength: 3,
    }),
    reports: fc.array(report, { minLength: 3, maxLength: 3 }),
    lengthMs: fc.constantFrom(10 * second, 45 * second, 120 * second, 400 * second),
    isHandedOver: fc.boolean(),
  });

  it('each incident opens once and ends once, and each alert is one that the log takes', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 8 }), (stretches) => {
        stage = new PlatformStage();
        for (const { states, reports: changed, lengthMs, isHandedOver } of stretches) {
          names.forEach((name, index) => void stage.regions.set(name, states[index]!));
          changed.forEach(({ stands, ...changes }, partition) => {
            stage.reports.set(partition, stands ? { ...changes, at: stage.now } : changes);
          });
          if (isHandedOver) stage.memory = restorePlatform(stage.memory.raised);
          stage.pass(lengthMs);
        }
        for (const alerts of Map.groupBy(stage.told, ({ monitor }) => monitor.target).values()) {
          const transitions = alerts.map(({ transition }) => transition);
          expect(transitions).toEqual(transitions.map((_one, index) => (index % 2 === 0 ? 'opened' : 'resolved')));
          expect(new Set(alerts.map(({ alertId }) => alertId)).size).toBe(alerts.length);
        }
        for (const alert of stage.told) expect(alertSchema.parse(alert)).toEqual(alert);
        const isOpen = stage.words().filter((word) => word.startsWith('opened')).length - stage.memory.raised.size;
        expect(stage.words().filter((word) => word.startsWith('resolved'))).toHaveLength(isOpen);
      }),
      { numRuns: 25 },
    );
  });

  it('a condition has an ID that no monitor has, always the same', () => {
    stage.regions.set('ap', 'silent');
    stage.pass(70 * second);
    const { monitorId } = stage.told[0]!;
    expect(monitorIdSchema.parse(monitorId)).toBe(monitorId);
    expect(monitorId[14]).toBe('8');
    stage.memory = restorePlatform(new Map());
    stage.pass(70 * second);
    expect(stage.told[1]?.monitorId).toBe(monitorId);
    expect(stage.told[1]?.incidentId).not.toBe(stage.told[0]?.incidentId);
  });

  it('hundreds of regions do not make a message that nobody can take', () => {
    for (let index = 0; index < 400; index++) stage.regions.set(`region-${index}`, 'silent');
    stage.regions.set('us', 'silent').set('eu', 'silent').set('ap', 'silent');
    stage.pass(70 * second);
    expect(stage.told).toHaveLength(1);
    expect(alertSchema.parse(stage.told[0]).trouble?.detail).toContain('and 383 more');
  });
});
