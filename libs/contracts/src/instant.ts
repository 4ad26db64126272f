/** The units that every record shares. */
import { z } from 'zod';

/** The last instant that a `Date` can hold (ECMA-262, 21.4.1.1). */
const lastInstant = 8_640_000_000_000_000;

/** Milliseconds since the epoch, a whole number. */
export const instantSchema = z.int().nonnegative().max(lastInstant);
export type Instant = z.infer<typeof instantSchema>;

/** For people, in UTC: who reads it may be anywhere. */
export function timeOf(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
