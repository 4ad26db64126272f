/** What an HTTP status means for a delivery, where a channel knows nothing better. */
import type { Judgement } from './channel-call.ts';

/** Client errors that may pass without anyone changing anything: time-out, too early, too many. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Only 2xx was taken. Redirects are not followed: nobody but the owner of a channel says where its alerts go. Other
 * client errors are for good: the same call would be refused again.
 */
export function judgeStatus(statusCode: number, says: string | null = null): Judgement {
  if (statusCode >= 200 && statusCode < 300) return { outcome: 'accepted', error: null };
  const isRefused = statusCode >= 400 && statusCode < 500 && !passing.has(statusCode);
  const error = `answered ${statusCode}${says === null || says === '' ? '' : `: ${says}`}`;
  return { outcome: isRefused ? 'refused' : 'failed', error };
}
