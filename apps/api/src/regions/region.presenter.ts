/** Shows regions and their probers as the API promises them. */
import { heartbeatFreshMs } from '@quorate/contracts';
import type { ProberPresence } from '@quorate/schedule';
import { isoOf } from '../http/instants.ts';
import type { RegionAnswer } from './regions.operations.ts';

/** `probers` in the order in which they are to be shown. */
export function presentRegions(probers: readonly ProberPresence[]): RegionAnswer[] {
  const byRegion = Map.groupBy(probers, ({ region }) => region);
  return [...byRegion].map(([name, of]) => ({
    name,
    ...stateOf(of),
    probers: of.map(({ proberId, version, lastSeenAt }) => ({ id: proberId, version, lastSeenAt: isoOf(lastSeenAt) })),
  }));
}

/**
 * Live since its oldest living prober began; isolated since the last of these found itself cut off; silent since its
 * youngest sign of life went stale, or said farewell.
 */
function stateOf(probers: readonly ProberPresence[]): Pick<RegionAnswer, 'state' | 'since'> {
  const live = probers.filter(({ state }) => state === 'live');
  const isolations = live.flatMap(({ isolatedSince }) => isolatedSince ?? []);
  if (live.length > isolations.length) {
    return { state: 'live', since: isoOf(Math.min(...live.map(({ startedAt }) => startedAt))) };
  }
  if (live.length > 0) return { state: 'isolated', since: isoOf(Math.max(...isolations)) };
  const ends = probers.map(({ state, lastSeenAt }) =>
    state === 'stopped' ? lastSeenAt : lastSeenAt + heartbeatFreshMs,
  );
  return { state: 'silent', since: isoOf(Math.max(...ends)) };
}
