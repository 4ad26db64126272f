/** How each region stands, from its probers. */
import { heartbeatFreshMs, type Instant } from '@quorate/contracts';
import type { ProberPresence } from './live-regions.ts';

export interface RegionState {
  readonly name: string;
  /** Isolated: each prober of it that lives holds itself cut off. */
  readonly state: 'live' | 'silent' | 'isolated';
  readonly since: Instant;
}

/** In the order of `probers`. */
export function regionStatesOf(probers: readonly ProberPresence[]): RegionState[] {
  const byRegion = Map.groupBy(probers, ({ region }) => region);
  return [...byRegion].map(([name, of]) => ({ name, ...stateOf(of) }));
}

/**
 * Live since its oldest living prober began; isolated since the last of these found itself cut off; silent since its
 * youngest sign of life went stale, or said farewell.
 */
function stateOf(probers: readonly ProberPresence[]): Pick<RegionState, 'state' | 'since'> {
  const live = probers.filter(({ state }) => state === 'live');
  const isolations = live.flatMap(({ isolatedSince }) => isolatedSince ?? []);
  if (live.length > isolations.length) {
    return { state: 'live', since: Math.min(...live.map(({ startedAt }) => startedAt)) };
  }
  if (live.length > 0) return { state: 'isolated', since: Math.max(...isolations) };
  const ends = probers.map(({ state, lastSeenAt }) =>
    state === 'stopped' ? lastSeenAt : lastSeenAt + heartbeatFreshMs,
  );
  return { state: 'silent', since: Math.max(...ends) };
}
