/**
 * The scheduled rounds of one partition's monitors: which are due, and how many were missed. It decides from facts
 * alone (monitors, the position of a predecessor, the present), so overlapping schedulers name the same rounds.
 */
import type { Instant } from '@quorate/contracts';
import { cadenceOf, dueCountIn, firstDueAfter, lastDueUpTo, type Cadence } from './cadence.ts';
import { DueQueue } from './due-queue.ts';

/** What the schedule needs to know of a monitor. */
export interface ScheduledMonitor {
  readonly monitorId: string;
  readonly intervalMs: number;
  /** The instant of the extra round that a creation, a resume or an edit asks for; null when none is asked for. */
  readonly atOnceAt: Instant | null;
}

export interface DueRound {
  readonly monitorId: string;
  readonly dueAt: Instant;
  /** Older rounds of the cadence, since the one before, that were never run. */
  readonly missedRoundCount: number;
}

/**
 * How far before the predecessor's position an extra round may lie and still be emitted. The predecessor may have ended
 * without seeing it; a repeat of it is nothing new to anyone, while a lost one waits for up to a whole interval.
 */
const atOnceOverlapMs = 10_000;
/** A clock that was set back by less is waited for: it is soon where it was. */
const setBackMsMin = 60_000;

interface Entry {
  cadence: Cadence;
  /** Rounds of the cadence up to here were emitted or missed. */
  doneUpTo: Instant;
  /** The extra round that still waits for its turn. */
  extraAt: Instant | null;
  /** The newest extra round that was asked for, so that a repeat of its record asks for nothing. */
  newestExtraAt: Instant | null;
}

function firstPoint({ cadence, doneUpTo, extraAt }: Entry): Instant {
  return Math.min(firstDueAfter(cadence, doneUpTo), extraAt ?? Infinity);
}

/** The newest round that is due. An extra round that is due leaves no older one of the cadence to be run. */
function newestPoint({ cadence, doneUpTo, extraAt }: Entry, now: Instant): Instant {
  const dueExtraAt = extraAt !== null && extraAt <= now ? extraAt : null;
  const ofCadence = lastDueUpTo(cadence, now);
  return dueExtraAt === null || ofCadence > Math.max(doneUpTo, dueExtraAt) ? ofCadence : dueExtraAt;
}

/** Marks the round at `dueAt` and all older ones as done. Returns how many of the cadence were missed. */
function pass(entry: Entry, dueAt: Instant): number {
  const isExtraDone = entry.extraAt !== null && entry.extraAt <= dueAt;
  const after = Math.max(entry.doneUpTo, isExtraDone ? (entry.extraAt ?? 0) : 0);
  if (isExtraDone) entry.extraAt = null;
  entry.doneUpTo = Math.max(entry.doneUpTo, dueAt);
  return dueCountIn(entry.cadence, { after, until: dueAt - 1 });
}

export class RoundSchedule {
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new DueQueue();
  readonly #extraAfter: Instant;
  #position: Instant;

  /** `position`: the `dueAt` of the newest round that a predecessor emitted. Rounds up to there are done. */
  constructor(position: Instant) {
    this.#position = position;
    this.#extraAfter = position - atOnceOverlapMs;
  }

  put({ monitorId, intervalMs, atOnceAt }: ScheduledMonitor): void {
    const cadence = cadenceOf(monitorId, intervalMs);
    const entry = this.#entries.get(monitorId) ?? this.#newEntry(cadence);
    entry.cadence = cadence;
    if (atOnceAt !== null && atOnceAt > this.#extraAfter && atOnceAt !== entry.newestExtraAt) {
      entry.extraAt = atOnceAt;
      entry.newestExtraAt = atOnceAt;
    }
    this.#entries.set(monitorId, entry);
    this.#queue.set(monitorId, firstPoint(entry));
  }

  /** Forgets a monitor that was paused or deleted. */
  remove(monitorId: string): void {
    this.#entries.delete(monitorId);
    this.#queue.delete(monitorId);
  }

  /** The first instant at which a round is due; null when there is no monitor. */
  nextDueAt(): Instant | null {
    return this.#queue.first()?.dueAt ?? null;
  }

  /**
   * Takes the rounds that are due, at most `countMax`, of several rounds of one monitor the newest only. They come in
   * the order of `dueAt`, so that whoever finds the last one in the log knows that all before it were emitted.
   */
  take(now: Instant, countMax: number): DueRound[] {
    const rounds: DueRound[] = [];
    if (now < this.#position - setBackMsMin) this.#goBackTo(now);
    while (rounds.length < countMax) {
      const place = this.#queue.first();
      const entry = place && this.#entries.get(place.key);
      if (!entry || place.dueAt > now) {
        this.#position = Math.max(this.#position, now);
        break;
      }
      const dueAt = newestPoint(entry, now);
      if (dueAt === place.dueAt) rounds.push({ monitorId: place.key, dueAt, missedRoundCount: pass(entry, dueAt) });
      this.#queue.set(place.key, dueAt === place.dueAt ? firstPoint(entry) : dueAt);
    }
    return rounds;
  }

  /** The clock was wrong and was set right. What was done by the wrong one must not keep anybody from being checked. */
  #goBackTo(now: Instant): void {
    this.#position = now;
    for (const [monitorId, entry] of this.#entries) {
      entry.doneUpTo = Math.min(entry.doneUpTo, now);
      this.#queue.set(monitorId, firstPoint(entry));
    }
  }

  #newEntry(cadence: Cadence): Entry {
    return { cadence, doneUpTo: this.#position, extraAt: null, newestExtraAt: null };
  }
}
