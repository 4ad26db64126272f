/** When an instance makes the next pass: one of them at a time, and the same one as long as it lives. */
import type { Instant } from '@quorate/contracts';

export interface AuditTimings {
  /** From the start of an instance to its first pass. */
  readonly firstAfterMs: number;
  readonly everyMs: number;
  /** Sooner after a pass that saw something for the first time: what is under way has ended by then. */
  readonly againAfterMs: number;
  /** How often an instance looks whether a pass is due. */
  readonly lookEveryMs: number;
  /** How long a pass waits for the read model. */
  readonly catchUpMsMax: number;
}

export const auditTimingsDefault: AuditTimings = {
  firstAfterMs: 60_000,
  everyMs: 300_000,
  againAfterMs: 60_000,
  lookEveryMs: 10_000,
  catchUpMsMax: 60_000,
};

/** Another instance is waited for this many times as long as its passes are apart. */
const patienceFactor = 2;

interface Situation {
  readonly now: Instant;
  readonly startedAt: Instant;
  /** The newest pass, whoever made it; null when there was none. */
  readonly last: { readonly at: Instant; readonly isOwn: boolean } | null;
  /** Whether the newest pass of this instance saw something for the first time. */
  readonly sawNew: boolean;
  /** Whether people have said what is to be done. */
  readonly isAskedFor: boolean;
}

export function isPassDue({ now, startedAt, last, sawNew, isAskedFor }: Situation, timings: AuditTimings): boolean {
  const { firstAfterMs, everyMs, againAfterMs } = timings;
  if (last === null || last.at < startedAt) return now >= startedAt + firstAfterMs;
  if (!last.isOwn) return now >= last.at + everyMs * patienceFactor;
  return isAskedFor || now >= last.at + (sawNew ? againAfterMs : everyMs);
}
