/** Which vote explains an alert best. */
import type { Alert, CastVote } from '@quorate/contracts';

/** The first vote that says why the target is down. */
export function decidingVote({ votes }: Alert): CastVote | undefined {
  return votes.find(({ outcome }) => outcome === 'down');
}
