import { beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings, type Task } from '@quorate/bus';
import {
  directoryKeyOfMaintenanceWindow,
  monitorRecordSchema,
  monitorStateSchema,
  type Instant,
  type MaintenanceWindowRecord,
  type MonitorState,
  type VerdictRecord,
} from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { AggregatorPartition } from './aggregator-partition.ts';
import { MaintenanceWatch } from './maintenance-watch.ts';
import { PartitionReports } from './partition-reports.ts';

const start = 1_800_000_000_000;
const hourMs = 3_600_000;
const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const windowId = '7a3d1b1e-5a3c-4f0e-9b1d-2f6c8e0a4b52';

const monitor = monitorRecordSchema.parse({
  ...{ v: 1, id: monitorId, version: 1, paused: false, createdAt: start, changedAt: start, checkAtOnce: true },
  ...{ name: 'Shop', type: 'tcp', tcp: { host: 'shop.example', port: 443 } },
});

let log: SimulatedLog;
let watch: MaintenanceWatch;
let partition: AggregatorPartition;

async function tell(changes: Partial<MaintenanceWindowRecord> | null, id = windowId): Promise<void> {
  const identity = { v: 1, entity: 'maintenance-window', id, version: 1, name: 'Move', monitorIds: [monitorId] };
  const value = { ...identity, startsAt: start + hourMs, endsAt: start + 2 * hourMs, ...changes };
  const text = changes === null ? null : JSON.stringify(value);
  await log.deliver([{ topic: 'directory', partition: 0, key: directoryKeyOfMaintenanceWindow(id), value: text }]);
  await log.advance(10);
}

function newPartition(state: MonitorState | null): AggregatorPartition {
  const regionsOf = () => ({ expectedRegions: ['eu', 'us'], registeredRegions: ['eu', 'us'] });
  const surroundings = { partition: 1, regionsOf, maintenance: watch, reports: new PartitionReports() };
  const made = new AggregatorPartition({ ...surroundings, logger: silentLogger });
  made.restoreMonitor({ key: monitorId, value: monitor, appendedAt: start });
  if (state !== null) made.restoreState(monitorId, state);
  return made;
}

/** The statuses that a step at `now` tells of, and the state that it leaves. */
function stepAt(now: Instant): { statuses: string[]; state: MonitorState | null } {
  const task: Task<AggregatorPartition> = {
    ...{ partition: 1, state: partition, phase: 'live', now, caughtUp: true, heardUntil: now, wake: () => undefined },
  };
  const { writes = [] } = partition.finish(task);
  const told = writes.filter(({ topic }) => topic === 'verdicts').map(({ value }) => value as VerdictRecord);
  const state = writes.find(({ topic }) => topic === 'monitor-state')?.value ?? null;
  const statuses = told.flatMap((record) => (record.type === 'status-changed' ? [record.status] : []));
  return { statuses, state: state === null ? null : monitorStateSchema.parse(state) };
}

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  await log.ensureTopics(topicSettings(3));
  watch = new MaintenanceWatch(log, silentLogger);
  await watch.caughtUp;
  partition = newPartition(null);
});

describe('a partition under maintenance windows', () => {
  it('has monitors in maintenance from the first instant to the last', async () => {
    await tell({});
    expect(stepAt(start + hourMs - 1).statuses).toEqual([]);
    expect(stepAt(start + hourMs).statuses).toEqual(['maintenance']);
    expect(stepAt(start + 2 * hourMs - 1).statuses).toEqual([]);
    expect(stepAt(start + 2 * hourMs).statuses).toEqual(['pending']);
  });

  it('hears of a window that was made, changed or deleted while it was on', async () => {
    await tell({ startsAt: start });
    expect(stepAt(start + 100).statuses).toEqual(['maintenance']);
    await tell({ version: 2, startsAt: start, tags: { team: 'web' }, monitorIds: [] });
    expect(stepAt(start + 200).statuses).toEqual(['pending']);
    await tell({ version: 3, startsAt: start });
    expect(stepAt(start + 300).statuses).toEqual(['maintenance']);
    await tell(null);
    expect(stepAt(start + 400).statuses).toEqual(['pending']);
  });

  it('takes no older form that comes late, and keeps what it knows where a record cannot be read', async () => {
    await tell({ startsAt: start, version: 2 });
    await tell({ version: 1 });
    const key = directoryKeyOfMaintenanceWindow(windowId);
    await log.deliver([{ topic: 'directory', partition: 0, key, value: '{' }]);
    expect(stepAt(start + 100).statuses).toEqual(['maintenance']);
  });

  it('is in maintenance as long as one of two windows is on', async () => {
    await tell({ startsAt: start, endsAt: start + hourMs });
    await tell({ startsAt: start, endsAt: start + 3 * hourMs }, '8b4e2c2f-6b4d-4f1f-8c2e-3a7d9f1b5c63');
    expect(stepAt(start + 100).statuses).toEqual(['maintenance']);
    expect(stepAt(start + hourMs).statuses).toEqual([]);
    expect(stepAt(start + 3 * hourMs).statuses).toEqual(['pending']);
  });

  it('is in maintenance again where a clock that was ahead is set right within the window', async () => {
    await tell({ startsAt: start, endsAt: start + hourMs });
    expect(stepAt(start + 100).statuses).toEqual(['maintenance']);
    expect(stepAt(start + hourMs).statuses).toEqual(['pending']);
    expect(stepAt(start + 200).statuses).toEqual(['maintenance']);
    expect(stepAt(start + hourMs).statuses).toEqual(['pending']);
  });

  it('goes on with a successor where the window ended while nobody was there', async () => {
    await tell({ startsAt: start, endsAt: start + hourMs });
    const { state } = stepAt(start + 100);
    partition = newPartition(state);
    expect(stepAt(start + 5 * hourMs).statuses).toEqual(['pending']);
  });
});
