/** Which probers are not coming back. */
import type { Instant } from '@quorate/contracts';
import type { ProberPresence } from './live-regions.ts';

/** A prober that has a name by chance takes another one when it is started again. */
const retiredAfterMs = 86_400_000;

/** Those that were not heard for a day while others live in their region, which stays registered by them. */
export function retiredProbers(probers: readonly ProberPresence[], now: Instant): ProberPresence[] {
  const living = new Set(probers.filter(({ state }) => state === 'live').map(({ region }) => region));
  return probers.filter(
    ({ state, region, lastSeenAt }) => state !== 'live' && living.has(region) && now - lastSeenAt > retiredAfterMs,
  );
}
