import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Task, TaskRecord } from '@quorate/bus';
import type { Input } from '@quorate/consensus';
import {
  monitorRecordSchema,
  monitorStateSchema,
  probeOf,
  type Check,
  type MonitorRecord,
  type MonitorState,
  type PartitionReport,
  type RoundClosed,
  type Vote,
} from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { answerTo } from '@quorate/testing';
import { AggregatorPartition } from './aggregator-partition.ts';
import { PartitionReports } from './partition-reports.ts';

const start = 1_800_000_000_000;
const regions = ['ap', 'eu', 'sa', 'us'];
const ids = Array.from({ length: 10 }, (_, index) => `6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e0${index}`);

let partition: AggregatorPartition;
let now: number;
let offset = 0;
let states: Map<string, MonitorState>;
let rounds: RoundClosed[];
let reports: PartitionReport[];

const monitorOf = (id: string): MonitorRecord =>
  monitorRecordSchema.parse({
    ...{ v: 1, id, version: 1, paused: false, createdAt: start, changedAt: start, checkAtOnce: true },
    ...{ name: 'Shop', type: 'tcp', tcp: { host: 'shop.example', port: 443 } },
  });

const taskAt = (): Task<AggregatorPartition> => ({
  ...{ partition: 1, state: partition, phase: 'live', now, caughtUp: true, heardUntil: now, wake: () => undefined },
});

/** A partition with what the log holds of its tables; the topics of its own reports are those of a process alone. */
function successor(): AggregatorPartition {
  const regionsOf = () => ({ expectedRegions: [...regions], registeredRegions: [...regions] });
  const together = new PartitionReports();
  const maintenance = { epoch: () => 0, covers: () => false };
  const surroundings = { partition: 1, regionsOf, maintenance, reports: together, logger: silentLogger };
  const restored = new AggregatorPartition(surroundings);
  together.add(1, restored);
  for (const id of ids) restored.restoreMonitor({ key: id, value: monitorOf(id), appendedAt: now });
  for (const [id, state] of states) restored.restoreState(id, state);
  return restored;
}

function take(topic: TaskRecord<unknown>['topic'], input: Input, key: string): void {
  partition.take(
    { topic, partition: 1, offset: offset++, appendedAt: now, key, value: null, headers: {} },
    input,
    taskAt(),
  );
}

/** Ends the step, and keeps what it writes as the log would. */
function finish(): void {
  const { writes = [], committed } = partition.finish(taskAt());
  for (const { topic, key, value } of writes) {
    if (value === null) states.delete(key);
    else if (topic === 'monitor-state') states.set(key, monitorStateSchema.parse(structuredClone(value)));
    else if (topic === 'partition-reports') reports.push(value);
    else if (topic === 'verdicts' && value.type === 'round-closed') rounds.push(value);
  }
  committed?.();
}

function checkOf(monitorId: string): Check {
  const { decision } = monitorOf(monitorId);
  return {
    ...{ v: 1, monitorId, monitorVersion: 1, dueAt: now, kind: 'scheduled', timeoutMs: 10_000, missedRoundCount: 0 },
    ...{ expectedRegions: regions, registeredRegions: regions, decision },
    probe: probeOf(monitorOf(monitorId)),
  };
}

function cast(check: Check, region: string, outcome: Vote['outcome']): void {
  const vote = answerTo(check, region, outcome);
  take('votes', { kind: 'vote', vote, appendedAt: now, traceparent: null }, check.monitorId);
}

function announce(monitorId: string): Check {
  const check = checkOf(monitorId);
  take('checks', { kind: 'check', check, appendedAt: now, traceparent: null }, monitorId);
  return check;
}

/** One round of these monitors: `ap` says this, the others that the target is up. */
function round(monitors: readonly string[], ofAp: Vote['outcome']): void {
  for (const id of monitors) {
    const check = announce(id);
    for (const region of regions) cast(check, region, region === 'ap' ? ofAp : 'up');
  }
  finish();
  now += 100;
}

const quarantined = (of: AggregatorPartition) => of.takeReport()?.quarantinedRegions;

beforeEach(() => {
  [now, offset, states, rounds, reports] = [start, 0, new Map(), [], []];
  partition = successor();
  finish();
  now += 100;
});

describe('the quarantine of a partition', () => {
  it('begins when a region has contradicted the others twice on most monitors, and is reported at once', () => {
    round(ids, 'down');
    expect(quarantined(partition)).toEqual([]);
    round(ids, 'down');
    expect(reports.at(-1)).toMatchObject({ partition: 1, at: now - 100, quarantinedRegions: ['ap'] });
    round(ids, 'down');
    expect(rounds.at(-1)).toMatchObject({
      verdict: 'up',
      quarantinedRegions: ['ap'],
      votes: [{ region: 'ap' }, {}, {}, {}],
    });
  });

  it('ends when it agrees on half of them again, and is reported at once', () => {
    for (const outcome of ['down', 'down'] as const) round(ids, outcome);
    round(ids.slice(0, 5), 'up');
    expect(reports.at(-1)).toMatchObject({ at: now - 100, quarantinedRegions: [] });
  });

  it('is the same for a successor, after whichever step it takes over', () => {
    const outcomes = ['down', 'down', 'up', 'down', 'up', 'up'] as const;
    for (const [index, outcome] of outcomes.entries()) {
      round(ids.slice(index), outcome);
      const heir = successor();
      heir.finish(taskAt());
      expect(quarantined(heir)).toEqual(quarantined(partition));
    }
  });

  it('makes verdicts fall at once that had waited for its vote, as they do for a successor', () => {
    const [waiting = '', ...others] = ids;
    round(ids, 'down');
    const check = announce(waiting);
    cast(check, 'eu', 'down');
    cast(check, 'sa', 'up');
    cast(check, 'us', 'down');
    finish();
    expect(states.get(waiting)?.decided).toEqual([]);
    round(others, 'down');
    expect(states.get(waiting)?.decided).toMatchObject([{ verdict: 'down', quarantinedRegions: ['ap'] }]);
    cast(check, 'ap', 'up');
    finish();
    expect(rounds.at(-1)).toMatchObject({ monitorId: waiting, verdict: 'down', quarantinedRegions: ['ap'] });
  });

  it('is without a monitor that was deleted', () => {
    for (const outcome of ['down', 'down'] as const) round(ids.slice(0, 8), outcome);
    expect(quarantined(partition)).toEqual(['ap']);
    take('monitors', { kind: 'monitor-deleted' }, ids[0] ?? '');
    finish();
    expect(quarantined(partition)).toEqual([]);
  });
});
