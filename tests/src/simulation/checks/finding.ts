/** What the checks of a run have before them, and where they put what they find. */
import type { Ledger } from '../world/ledger.ts';
import type { Scenario } from '../world/scenario.ts';
import type { Truth } from '../world/truth.ts';
import type { History } from './history.ts';

export interface Evidence {
  readonly scenario: Scenario;
  readonly truth: Truth;
  readonly ledger: Ledger;
  readonly history: History;
  /** Says what must not be. */
  readonly violate: (what: string) => void;
}

/** A monitor, or what begins with one, short enough to be read. */
export function short(id: string): string {
  return id.replace(/^([0-9a-f]{8})-[0-9a-f-]+/, '$1');
}
