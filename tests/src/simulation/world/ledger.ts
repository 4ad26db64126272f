/** What a run did and suffered, for the checks: every record, every fault, every page. */
import type { Instant } from '@quorate/contracts';
import type { LogRecord } from '@quorate/bus';
import type { Span } from './scenario.ts';
import type { Trace } from './trace.ts';

export interface WrittenRecord {
  readonly record: LogRecord;
  /** Null for a record that was appended alone. */
  readonly transaction: { readonly state: 'open' | 'committed' | 'aborted' } | null;
}

/** A time in which something may stand still, or be done again, because of a fault. */
export interface Disturbance extends Span {
  /** The service, the region, or the replica that it concerns. */
  readonly whom: string;
  readonly why: string;
}

/** An event that arrived at the simulated PagerDuty. */
export interface PageEvent {
  readonly at: Instant;
  /** When the dispatcher began the call. */
  readonly begunAt: Instant;
  readonly channelId: string;
  readonly action: string;
  readonly dedupKey: string;
  /** The process that made the call. */
  readonly from: string;
  readonly accepted: boolean;
  /** Whether the caller could learn of it. */
  readonly answered: boolean;
}

export class Ledger {
  readonly trace: Trace;
  readonly written: WrittenRecord[] = [];
  readonly disturbances: Disturbance[] = [];
  readonly pages: PageEvent[] = [];
  /** When an aggregator's task saw the ends of its streams, before it read them up to there. */
  readonly beginnings: { readonly partition: number; readonly at: Instant }[] = [];
  readonly violations: string[] = [];
  /** How often a restored state was compared with the one that lived. */
  restoreCount = 0;
  readonly faults = new Map<string, number>();

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** A fault that was really injected. */
  count(kind: string, at: Instant, details: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    this.trace.say(at, `FAULT ${kind}${details === '' ? '' : `: ${details}`}`);
  }

  disturb(disturbance: Disturbance): void {
    this.disturbances.push(disturbance);
  }

  violate(at: Instant, what: string): void {
    this.violations.push(what);
    this.trace.say(at, `VIOLATION ${what}`);
  }

  /** The committed records of a topic, in the order of their writing. */
  records(topic: string): LogRecord[] {
    return this.written.flatMap(({ record, transaction }) =>
      record.topic === topic && (transaction === null || transaction.state === 'committed') ? [record] : [],
    );
  }
}
