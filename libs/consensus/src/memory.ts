/** What is known of one monitor: its record, what is remembered between rounds, and the open windows. */
import {
  murmur2,
  probeOf,
  type Instant,
  type MonitorRecord,
  type MonitorState,
  type RoundKind,
} from '@quorate/contracts';
import type { Effect } from './effect.ts';
import type { Reservations } from './ruling.ts';
import { comparePositions, isSameRound, type Position, type VoteWindow } from './vote-window.ts';

export interface Memory {
  readonly monitorId: string;
  /** Null while no record of it was read: the monitor is unsaved, deleted or not yet known here. */
  readonly monitor: MonitorRecord | null;
  /** What `monitor-state` carries; null for a monitor that nothing is known of. */
  readonly state: MonitorState | null;
  /** In order of their rounds. */
  readonly windows: readonly VoteWindow[];
  /** When its deletion was heard of; null for one that was not deleted, or so long ago that it is forgotten. */
  readonly deletedAt: Instant | null;
  /** Its deletion was heard of, and the next tick ends it. */
  readonly isLeaving: boolean;
}

export interface Context {
  /** The present, by the log's clock. */
  readonly now: Instant;
  /** Whether every stream was read up to the end seen at the restore: only then time says anything. */
  readonly caughtUp: boolean;
  /** Whatever was written by then was taken in: a vote that came in time may lie unread when this trails behind. */
  readonly heardUntil: Instant;
  /** The regions that have lost their vote in the monitor's partition. */
  readonly quarantined: ReadonlySet<string>;
  /** Whether a maintenance window covers the monitor now. */
  readonly isUnderMaintenance: (monitor: MonitorRecord) => boolean;
  /** The regions that a round announced now would name. */
  readonly regionsOf: (monitor: MonitorRecord) => {
    readonly expectedRegions: readonly string[];
    readonly registeredRegions: readonly string[];
  };
}

/** One decision under way; it never outlives `decide`. */
export interface Work {
  readonly monitorId: string;
  readonly context: Context;
  /**
   * Whether time may end something now: all that has arrived was heard. A check and its votes can arrive together, long
   * after the end of their window; the check alone must not close it.
   */
  readonly mayTimeEnd: boolean;
  readonly effects: Effect[];
  monitor: MonitorRecord | null;
  state: MonitorState | null;
  windows: readonly VoteWindow[];
  deletedAt: Instant | null;
  isLeaving: boolean;
}

/** A work whose monitor is known. */
export interface KnownWork extends Work {
  monitor: MonitorRecord;
  state: MonitorState;
}

export function isKnown(work: Work): work is KnownWork {
  return work.monitor !== null && work.state !== null;
}

export function emptyMemory(monitorId: string): Memory {
  return { monitorId, monitor: null, state: null, windows: [], deletedAt: null, isLeaving: false };
}

/** The memory that a predecessor left: its confirming rounds are open again, other windows return with their votes. */
export function restoreMemory(state: MonitorState): Memory {
  const windows = state.confirming.map(({ dueAt, ...check }): VoteWindow => {
    const announced = { ...check, missedRoundCount: 0 };
    return {
      kind: 'confirming',
      dueAt,
      openedAt: check.appendedAt,
      check: announced,
      votes: new Map(),
      strays: new Map(),
    };
  });
  return { ...emptyMemory(state.monitorId), state, windows };
}

export function fingerprintOf(monitor: MonitorRecord): number {
  return murmur2(JSON.stringify(probeOf(monitor)));
}

export function initialState(monitor: MonitorRecord): MonitorState {
  return {
    v: 1,
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    probeFingerprint: fingerprintOf(monitor),
    status: 'pending',
    statusSince: monitor.createdAt,
    seenUp: false,
    faulty: false,
    applied: { kind: 'scheduled', dueAt: 0 },
    fellAt: 0,
    decided: [],
    confirming: [],
    closed: [],
    silence: {},
    contradictions: {},
    belowFloorCount: 0,
    degradedCount: 0,
    degradedRegions: [],
    recentVerdicts: '',
    flapping: false,
    turn: null,
    incident: null,
    maintenance: false,
    heldIncident: null,
    certificateWarning: null,
    certificateToldUntil: null,
  };
}

export function change(work: KnownWork, changes: Partial<MonitorState>): void {
  work.state = { ...work.state, ...changes };
}

export function windowOf(windows: readonly VoteWindow[], round: Position): VoteWindow | undefined {
  return windows.find((window) => isSameRound(window, round));
}

/** Puts `window` in its place, instead of the one it was made from. */
export function keepWindow(work: Work, window: VoteWindow): void {
  work.windows = [...work.windows.filter((other) => !isSameRound(other, window)), window].sort(comparePositions);
}

export function dropWindow(work: Work, round: Position): void {
  work.windows = work.windows.filter((window) => !isSameRound(window, round));
}

/** What is held against regions as a round is judged now. */
export function reservationsOf({ state, context }: Work): Reservations {
  const silence = Object.entries(state?.silence ?? {});
  const silent = silence.filter(([, missedCount]) => missedCount >= absentAfterRounds).map(([region]) => region);
  return { silent: new Set(silent), quarantined: context.quarantined };
}

/** So many rounds in a row a region misses before it is no voter any more. */
export const absentAfterRounds = 2;

/**
 * How far a round's time may lie ahead of the log's. What is remembered of rounds further ahead was written by a clock
 * that was wrong: it must not make those of the right time look old.
 */
export const clockAheadMsMax = 60_000;

/** Whether the verdict of this round was applied, or its turn has passed. */
export function isApplied(
  { applied }: MonitorState,
  round: { readonly dueAt: Instant; readonly kind: RoundKind },
): boolean {
  return comparePositions(round, applied) <= 0;
}
