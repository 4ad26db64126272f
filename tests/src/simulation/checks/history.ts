/** The log of a run as the checks read it: what was committed, in the order of its writing. */
import {
  roundKey,
  type Alert,
  type Check,
  type Delivery,
  type Instant,
  type MonitorRecord,
  type Ping,
  type RoundClosed,
  type VerdictRecord,
  type Vote,
} from '@quorate/contracts';
import type { Ledger } from '../world/ledger.ts';

export interface Written<Value> {
  readonly key: string;
  readonly value: Value;
  readonly appendedAt: Instant;
}

export type AnnouncedRound = Written<Check>;

export class History {
  readonly checks: readonly AnnouncedRound[];
  readonly votes: readonly Written<Vote>[];
  readonly closed: readonly Written<RoundClosed>[];
  readonly alerts: readonly Written<Alert>[];
  readonly deliveries: readonly Written<Delivery | null>[];
  readonly pings: readonly Written<Ping | null>[];
  readonly monitors: readonly Written<MonitorRecord | null>[];
  readonly deadLetters: readonly Written<unknown>[];

  constructor(ledger: Ledger) {
    const read = <Value>(topic: string): Written<Value>[] =>
      ledger.records(topic).map(({ key, value, appendedAt }) => {
        return { key, value: JSON.parse(value ?? 'null') as Value, appendedAt };
      });
    this.checks = [...read<Check>('checks'), ...read<Check>('confirmations'), ...read<Check>('manual-checks')];
    this.votes = read('votes');
    const isClosed = (written: Written<VerdictRecord>): written is Written<RoundClosed> => {
      return written.value.type === 'round-closed';
    };
    this.closed = read<VerdictRecord>('verdicts').filter(isClosed);
    this.alerts = read('alerts');
    this.deliveries = read('deliveries');
    this.pings = read('pings');
    this.monitors = read('monitors');
    this.deadLetters = read('dead-letters');
  }

  /**
   * The check of each round: the first one that was written with the newest version of the monitor. One that was
   * written when the round was closed already asks for nothing any more.
   */
  rounds(): ReadonlyMap<string, AnnouncedRound> {
    const rounds = new Map<string, AnnouncedRound>();
    const closedAt = new Map(this.closed.map(({ value, appendedAt }) => [roundKey(value), appendedAt]));
    for (const check of this.checks) {
      const key = roundKey(check.value);
      const known = rounds.get(key);
      const isNewer = known !== undefined && known.value.monitorVersion < check.value.monitorVersion;
      const isInTime = check.appendedAt <= (closedAt.get(key) ?? Infinity);
      if (known === undefined || (isNewer && isInTime)) rounds.set(key, check);
    }
    return rounds;
  }

  /** Each form that a monitor had, with the time from which the log held it; null: it was deleted. */
  lifeOf(monitorId: string): readonly Written<MonitorRecord | null>[] {
    return this.monitors.filter(({ key }) => key === monitorId);
  }
}
