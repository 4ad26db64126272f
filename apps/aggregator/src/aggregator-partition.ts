/** The memory of one partition: its monitors with their open windows, and what this step has decided so far. */
import type { Task, TaskRecord, TaskStep, TaskWrite } from '@quorate/bus';
import {
  decide,
  decideFaulty,
  emptyMemory,
  nextDueAt,
  Quarantine,
  restoreMemory,
  type Context,
  type Decided,
  type Input,
  type Memory,
} from '@quorate/consensus';
import {
  NewestForms,
  type Instant,
  type MonitorRecord,
  type MonitorState,
  type PartitionReport,
  type RoundIdentity,
} from '@quorate/contracts';
import { DueQueue, type RoundRegions } from '@quorate/schedule';
import { metrics, type Logger } from '@quorate/telemetry';
import { logDecided, logQuarantine, type QuarantineChange } from './decision-log.ts';
import { deadLetterOf, type Cause } from './failed-decision.ts';
import { LagMeter } from './lag-meter.ts';
import { NeededOffsets } from './needed-offsets.ts';
import { reportOf, writeOf } from './partition-report.ts';
import type { Maintenance } from './maintenance-watch.ts';
import type { PartitionReports } from './partition-reports.ts';
import { tell, type ToldEffect } from './told-effects.ts';

interface Surroundings {
  readonly partition: number;
  /** The regions that a round of the monitor asks, announced at `now`. */
  readonly regionsOf: (monitor: MonitorRecord, now: Instant) => RoundRegions;
  readonly maintenance: Maintenance;
  /** Shared by the partitions of the process. */
  readonly reports: PartitionReports;
  readonly logger: Logger;
}

/** The order in which a step writes: what a successor must know comes first. */
const writeOrder = ['monitor-state', 'confirmations', 'verdicts', 'alerts', 'partition-reports', 'dead-letters'];

function isEmpty({ monitor, state, windows, deletedAt }: Memory): boolean {
  return monitor === null && state === null && windows.length === 0 && deletedAt === null;
}

function roundOf(input: Input): RoundIdentity | null {
  if (input.kind === 'check') return input.check;
  return input.kind === 'vote' ? input.vote : null;
}

type ToldMonitor = Pick<TaskRecord<MonitorRecord>, 'key' | 'value' | 'appendedAt'>;

interface Restored {
  readonly monitors: NewestForms<MonitorRecord>;
  /** Those that were deleted among them. */
  readonly told: Set<string>;
  readonly states: Map<string, MonitorState>;
}

export class AggregatorPartition {
  readonly #surroundings: Surroundings;
  /** What the tables held at the start, until the first step takes it up. */
  #restored: Restored | null;
  readonly #memories = new Map<string, Memory>();
  readonly #due = new DueQueue();
  readonly #needed = new NeededOffsets();
  readonly #quarantine = new Quarantine();
  /** The regions in quarantine as they were last told of. */
  #toldQuarantine: ReadonlySet<string> = new Set();
  #caughtUp = false;
  /** Of each monitor that this step has touched, the state before it. */
  #before = new Map<string, MonitorState | null>();
  #told: ToldEffect[] = [];
  #deadLetters: TaskWrite[] = [];
  #steppedAt: Instant | null = null;
  readonly #lag = new LagMeter();
  #maintenanceEpoch = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#restored = { monitors: new NewestForms(), told: new Set(), states: new Map() };
  }

  restoreMonitor(told: ToldMonitor): void {
    this.#restored?.monitors.hear(told);
    this.#restored?.told.add(told.key);
  }

  restoreState(monitorId: string, state: MonitorState | null): void {
    if (state === null) this.#restored?.states.delete(monitorId);
    else this.#restored?.states.set(monitorId, state);
  }

  /** Decides upon one record; that of a round is needed again while the round's window is open. */
  take(record: TaskRecord<unknown>, input: Input, task: Task<AggregatorPartition>): void {
    this.#begin(task);
    this.#lag.note(record.appendedAt, task.now);
    const round = roundOf(input);
    this.#decide({ monitorId: round?.monitorId ?? record.key, input, cause: record }, task);
    if (round !== null && this.#isOpen(round)) this.#needed.need(record.topic, record.offset, round);
  }

  /** Decides upon what has fallen due, and ends the step. */
  finish(task: Task<AggregatorPartition>): TaskStep {
    this.#begin(task);
    if (task.caughtUp) this.#decideDue(task);
    const changes = this.#takeQuarantineChanges(task);
    this.#steppedAt = task.now;
    this.#lag.begin(task.now);
    const told = this.#told;
    const { logger, partition } = this.#surroundings;
    const reports = this.#takeReports(task.now, changes.length > 0);
    const writes = [
      ...this.#stateWrites(),
      ...told.flatMap(({ write }) => write ?? []),
      ...reports,
      ...this.#deadLetters,
    ];
    writes.sort((left, right) => writeOrder.indexOf(left.topic) - writeOrder.indexOf(right.topic));
    this.#before = new Map();
    this.#told = [];
    this.#deadLetters = [];
    return {
      writes,
      resumeFrom: this.#needed.resumeFrom((round) => this.#isOpen(round)),
      committed: () => {
        told.forEach(({ effect }) => logDecided(logger, effect));
        changes.forEach((change) => logQuarantine(logger, partition, change));
      },
    };
  }

  /** Those of all partitions when they are due; at once that of this one when its quarantine has changed. */
  #takeReports(now: Instant, isChanged: boolean): readonly TaskWrite[] {
    const due = this.#surroundings.reports.takeDue(now);
    const own = due.length > 0 || !isChanged ? null : this.takeReport();
    return own === null ? due : [writeOf(own)];
  }

  /**
   * A quarantine that begins or ends makes verdicts fall which waited for one vote more. So it is with a successor,
   * which rules upon all open windows anew.
   */
  #takeQuarantineChanges(task: Task<unknown>): readonly QuarantineChange[] {
    const [before, after] = [this.#toldQuarantine, this.#quarantine.regions];
    if (before === after) return [];
    this.#toldQuarantine = after;
    for (const { monitorId, windows } of [...this.#memories.values()])
      if (windows.length > 0) this.#tick(monitorId, task);
    return [
      ...[...after.difference(before)].map((region) => ({ region, hasBegun: true })),
      ...[...before.difference(after)].map((region) => ({ region, hasBegun: false })),
    ];
  }

  /** How the partition stands since its last step, and the lag since its last report; null before the first step. */
  takeReport(): PartitionReport | null {
    if (this.#steppedAt === null) return null;
    const { partition, regionsOf } = this.#surroundings;
    const memories = this.#memories.values();
    const quarantined = this.#quarantine.regions;
    return reportOf({ partition, at: this.#steppedAt, lagMs: this.#lag.take(), memories, quarantined, regionsOf });
  }

  /** Takes up what was restored: what changed while nobody was there is decided now. */
  #begin(task: Task<AggregatorPartition>): void {
    if (this.#restored === null) return;
    const { monitors, told, states } = this.#restored;
    this.#restored = null;
    for (const [monitorId, state] of states) {
      this.#memories.set(monitorId, restoreMemory(state));
      this.#quarantine.replace(null, state);
    }
    this.#toldQuarantine = this.#quarantine.regions;
    for (const monitorId of new Set([...told, ...states.keys()])) {
      const monitor = monitors.get(monitorId);
      const input: Input = monitor === undefined ? { kind: 'monitor-deleted' } : { kind: 'monitor', monitor };
      this.#decide({ monitorId, input, cause: this.#causeOf(monitorId) }, task);
    }
  }

  #decideDue(task: Task<AggregatorPartition>): void {
    this.#observeMaintenance(task);
    for (const monitorId of this.#takeDue(task.now)) this.#tick(monitorId, task);
  }

  /** Where a maintenance window may have begun or ended, every monitor is asked whether it was its own. */
  #observeMaintenance(task: Task<AggregatorPartition>): void {
    const epoch = this.#surroundings.maintenance.epoch(task.now);
    if (epoch === this.#maintenanceEpoch) return;
    this.#maintenanceEpoch = epoch;
    for (const monitorId of [...this.#memories.keys()]) this.#tick(monitorId, task);
  }

  #tick(monitorId: string, task: Task<unknown>): void {
    this.#decide({ monitorId, input: { kind: 'tick' }, cause: this.#causeOf(monitorId) }, task);
  }

  /** On the first step that has caught up, all windows that waited for it. */
  #takeDue(now: number): readonly string[] {
    const due: string[] = [];
    for (let first = this.#due.first(); first !== undefined && first.dueAt <= now; first = this.#due.first()) {
      due.push(first.key);
      this.#due.delete(first.key);
    }
    if (this.#caughtUp) return due;
    this.#caughtUp = true;
    return [...new Set([...due, ...this.#memories.keys()])];
  }

  #decide({ monitorId, input, cause }: { monitorId: string; input: Input; cause: Cause }, task: Task<unknown>): void {
    const memory = this.#memories.get(monitorId) ?? emptyMemory(monitorId);
    const context = this.#context(task);
    try {
      this.#keep(memory, decide(memory, input, context));
    } catch (error) {
      // One monitor's fault is not its neighbours': it is unknown from now on, and the partition goes on.
      this.#surroundings.logger.error('A decision failed; its monitor is unknown', { monitorId, error });
      metrics.decisionFaults.add(1, { service: 'aggregator' });
      this.#deadLetters.push(deadLetterOf(cause, error, task.now));
      this.#keep(memory, decideFaulty(memory, input, context));
    }
  }

  #context({ now, caughtUp, heardUntil }: Task<unknown>): Context {
    const { regionsOf, maintenance } = this.#surroundings;
    return {
      now,
      caughtUp,
      heardUntil,
      quarantined: this.#quarantine.regions,
      isUnderMaintenance: (monitor) => maintenance.covers(monitor, now),
      regionsOf: (monitor) => regionsOf(monitor, now),
    };
  }

  #keep(before: Memory, { memory, effects }: Decided): void {
    const { monitorId } = memory;
    this.#quarantine.replace(before.state, memory.state);
    if (!this.#before.has(monitorId)) this.#before.set(monitorId, before.state);
    if (isEmpty(memory)) this.#memories.delete(monitorId);
    else this.#memories.set(monitorId, memory);
    const dueAt = nextDueAt(memory);
    if (dueAt === null) this.#due.delete(monitorId);
    else this.#due.set(monitorId, dueAt);
    this.#told.push(...tell(effects));
  }

  #stateWrites(): TaskWrite[] {
    return [...this.#before].flatMap(([monitorId, before]): TaskWrite[] => {
      const value = this.#memories.get(monitorId)?.state ?? null;
      return value === before ? [] : [{ topic: 'monitor-state', key: monitorId, value }];
    });
  }

  #isOpen({ monitorId, dueAt, kind }: RoundIdentity): boolean {
    const windows = this.#memories.get(monitorId)?.windows ?? [];
    return windows.some((window) => window.dueAt === dueAt && window.kind === kind);
  }

  /** What fell due has no record of its own; its monitor's state says what it was about. */
  #causeOf(monitorId: string): Cause {
    const { partition } = this.#surroundings;
    const value = this.#memories.get(monitorId)?.state ?? null;
    return { topic: 'monitor-state', partition, offset: -1, key: monitorId, value };
  }
}
