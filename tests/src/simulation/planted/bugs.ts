/** All planted bugs. A simulation that can't find them proves nothing by finding none. */
import { alerting, distrusting, endings, hearing, voting, working } from './deciding-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { listening, ownership, scheduling, sending, storming, succeeding } from './serving-bugs.ts';

export const bugs: readonly PlantedBug[] = [
  ...ownership,
  ...voting,
  ...distrusting,
  ...hearing,
  ...alerting,
  ...working,
  ...endings,
  ...storming,
  ...scheduling,
  ...succeeding,
  ...listening,
  ...sending,
];
