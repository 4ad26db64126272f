/** A delivery in one line: what is the matter, as short as the channel wants it. */
import type { Delivery } from '@quorate/contracts';
import { cut } from './cut.ts';
import { headlineOf } from './evidence.ts';
import { stormHeadline } from './storm-words.ts';

export function headline({ alert, storm }: Delivery, charactersMax: number): string {
  if (storm !== null) return stormHeadline(storm, alert.transition, charactersMax);
  return cut(headlineOf(alert), charactersMax);
}
