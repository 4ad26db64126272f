/** Which of the known regions a monitor is assigned to, and so which of them a round of it asks. */

import { gatewayRegion } from '@quorate/contracts';

/** The regions as they stand at one moment. */
export interface KnownRegions {
  readonly live: readonly string[];
  readonly registered: readonly string[];
}

/** As a check names them. */
export interface RoundRegions {
  readonly expectedRegions: string[];
  readonly registeredRegions: string[];
}

function assignedOf(assigned: readonly string[], known: readonly string[]): string[] {
  return known.filter((region) => assigned.includes('*') || assigned.includes(region));
}

/**
 * The regions of a round that is announced now, in the order of the known ones; `*` stands for all of them. The gateway
 * is no region of probers: it is expected whether it lives or not, so its silence is seen as that of any voter.
 */
export function regionsOfRound(assigned: readonly string[], { live, registered }: KnownRegions): RoundRegions {
  if (assigned.includes(gatewayRegion)) return { expectedRegions: [gatewayRegion], registeredRegions: [gatewayRegion] };
  return { expectedRegions: assignedOf(assigned, live), registeredRegions: assignedOf(assigned, registered) };
}
