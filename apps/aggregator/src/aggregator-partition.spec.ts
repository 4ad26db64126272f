import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { Input } from '@quorate/consensus';
import { checkSchema, monitorRecordSchema, voteSchema, type Check, type MonitorRecord } from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { AggregatorPartition } from './aggregator-partition.ts';
import { PartitionReports } from './partition-reports.ts';

const start = 1_800_000_000_000;
const shopId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const blogId = '0d3a7f7e-2f3b-4a7c-8a29-6d2f0b6f1c11';

/** It fails for one monitor, as a fault in a decision would. */
function regionsOf({ id }: MonitorRecord) {
  if (id === shopId) throw new Error('A fault for this monitor.');
  return { expectedRegions: ['eu', 'us'], registeredRegions: ['eu', 'us'] };
}

let partition: AggregatorPartition;
let offset = 0;

const monitorOf = (id: string): MonitorRecord =>
  monitorRecordSchema.parse({
    ...{ v: 1, id, version: 1, paused: false, createdAt: start, changedAt: start, checkAtOnce: true },
    ...{ name: 'Shop', type: 'tcp', tcp: { host: 'shop.example', port: 443 } },
  });

function checkOf(monitorId: string): Check {
  const monitor = monitorOf(monitorId);
  const round = { v: 1, monitorId, monitorVersion: 1, dueAt: start, kind: 'scheduled', timeoutMs: 10_000 };
  const voters = { expectedRegions: ['eu', 'us'], registeredRegions: ['eu', 'us'] };
  const probe = { type: 'tcp', tcp: { host: 'shop.example', port: 443 } };
  return checkSchema.parse({ ...round, ...voters, decision: monitor.decision, missedRoundCount: 0, probe });
}

function taskAt(now: number, caughtUp = true): Task<AggregatorPartition> {
  return { partition: 1, state: partition, phase: 'live', now, caughtUp, heardUntil: now, wake: () => undefined };
}

function take(topic: TaskRecord<unknown>['topic'], input: Input, key: string): void {
  const value = 'vote' in input ? input.vote : 'check' in input ? input.check : null;
  partition.take(
    { topic, partition: 1, offset: offset++, appendedAt: start, key, value, headers: {} },
    input,
    taskAt(start),
  );
}

function vote(monitorId: string, region: string): void {
  const phases = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 1 };
  const cast = voteSchema.parse({
    ...{
      v: 1,
      monitorId,
      monitorVersion: 1,
      dueAt: start,
      kind: 'scheduled',
      region,
      proberId: region,
      outcome: 'down',
    },
    ...{ reason: 'connect.refused', message: null, startedAt: start, phases, statusCode: null, address: null },
    ...{ connection: 'fresh', certificate: null, excerpt: null, redirects: 0 },
  });
  take('votes', { kind: 'vote', vote: cast, appendedAt: start, traceparent: null }, monitorId);
}

function restore(value: MonitorRecord): void {
  partition.restoreMonitor({ key: value.id, value, appendedAt: start });
}

function announce(monitorId: string): void {
  take('checks', { kind: 'check', check: checkOf(monitorId), appendedAt: start, traceparent: null }, monitorId);
}

const topicsOf = ({ writes = [] }: TaskStep) => writes.map(({ topic }) => topic);

beforeEach(() => {
  partition = new AggregatorPartition({
    partition: 1,
    regionsOf,
    maintenance: { epoch: () => 0, covers: () => false },
    reports: new PartitionReports(),
    logger: silentLogger,
  });
  offset = 0;
  for (const id of [shopId, blogId]) restore(monitorOf(id));
});

describe('a partition', () => {
  it('goes on when a decision about one monitor fails: that one is unknown, and its input is put aside', () => {
    for (const id of [shopId, blogId]) {
      announce(id);
      vote(id, 'eu');
      vote(id, 'us');
    }
    partition.finish(taskAt(start));
    const { writes = [] } = partition.finish(taskAt(start + 5_000));
    expect(writes.filter(({ topic }) => topic === 'confirmations')).toMatchObject([{ key: blogId }]);
    expect(writes.filter(({ topic }) => topic === 'verdicts')).toMatchObject([
      { key: shopId, value: { type: 'status-changed', status: 'unknown' } },
    ]);
    const deadLetters = writes.filter(({ topic }) => topic === 'dead-letters');
    expect(deadLetters).toMatchObject([{ value: { service: 'aggregator', topic: 'monitor-state', key: shopId } }]);
    expect(JSON.stringify(deadLetters)).toContain('A fault for this monitor.');
    expect(topicsOf(partition.finish(taskAt(start + 6_000)))).toEqual([]);
  });

  it('writes what a successor must know before what it tells', () => {
    announce(blogId);
    vote(blogId, 'eu');
    vote(blogId, 'us');
    expect(topicsOf(partition.finish(taskAt(start)))).toEqual(['monitor-state', 'monitor-state', 'verdicts']);
    expect(topicsOf(partition.finish(taskAt(start + 5_000)))).toEqual(['monitor-state', 'confirmations']);
  });

  it('restores the newest version of a monitor, also when an older form follows it', () => {
    restore({ ...monitorOf(blogId), version: 3, paused: true });
    restore({ ...monitorOf(blogId), version: 2 });
    const states = partition.finish(taskAt(start)).writes?.filter(({ key }) => key === blogId);
    expect(states).toMatchObject([{ value: { monitorVersion: 3, status: 'paused' } }, { topic: 'verdicts' }]);
  });

  it('writes no state where nothing has changed', () => {
    partition.finish(taskAt(start));
    announce(blogId);
    vote(blogId, 'eu');
    expect(topicsOf(partition.finish(taskAt(start)))).toEqual([]);
  });

  it('needs the records of a round again until its window has closed', () => {
    partition.finish(taskAt(start));
    announce(shopId);
    announce(blogId);
    vote(blogId, 'eu');
    expect(partition.finish(taskAt(start)).resumeFrom).toEqual({ checks: 0, votes: 2 });
    vote(shopId, 'eu');
    vote(shopId, 'us');
    expect(partition.finish(taskAt(start)).resumeFrom).toEqual({ checks: 1, votes: 2 });
    vote(blogId, 'us');
    expect(partition.finish(taskAt(start)).resumeFrom).toEqual({});
  });

  it('closes no round of a deleted monitor that it finds in the streams, where its predecessor had begun', () => {
    partition.restoreMonitor({ key: blogId, value: null, appendedAt: start });
    announce(blogId);
    vote(blogId, 'eu');
    vote(blogId, 'us');
    const { writes = [], resumeFrom } = partition.finish(taskAt(start + 60_000));
    expect([writes.filter(({ key }) => key === blogId), resumeFrom]).toEqual([[], {}]);
  });

  it('lets no time pass before it has caught up, and then at once', () => {
    announce(blogId);
    vote(blogId, 'eu');
    expect(topicsOf(partition.finish(taskAt(start + 60_000, false)))).not.toContain('verdicts');
    const { writes = [] } = partition.finish(taskAt(start + 60_000));
    expect(writes.filter(({ topic }) => topic === 'verdicts')).toMatchObject([{ value: { verdict: 'inconclusive' } }]);
  });

  it('forgets votes of a monitor that nobody knows, once their check is not to be expected any more', () => {
    vote('3f1f0f60-94d7-4b23-9d5e-1f7f6f3d2a10', 'eu');
    expect(partition.finish(taskAt(start)).resumeFrom).toEqual({ votes: 0 });
    const step = partition.finish(taskAt(start + 70_000));
    expect([topicsOf(step), step.resumeFrom]).toEqual([[], {}]);
  });
});
