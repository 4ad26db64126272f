/** The wait that a receiver asks for. */

const secondsPattern = /^\d{1,9}$/;
/** Nobody may silence a channel for longer than this. */
const retryAfterMsMax = 3_600_000;

/**
 * The wait that a `Retry-After` header asks for, bounded; null when it asks for none. `dateAt` is the header read as an
 * HTTP date, or NaN, since a date can only be read at the edge.
 */
export function retryAfterMs(header: string | null, { dateAt, now }: { dateAt: number; now: number }): number | null {
  if (header === null) return null;
  const text = header.trim();
  const waitMs = secondsPattern.test(text) ? Number(text) * 1_000 : dateAt - now;
  if (Number.isNaN(waitMs)) return null;
  return Math.min(Math.max(waitMs, 0), retryAfterMsMax);
}
