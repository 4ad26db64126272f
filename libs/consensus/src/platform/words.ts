/** Words for people. */
import type { Instant } from '@quorate/contracts';

/** Names that a sentence lists before it only counts the rest. */
const listedMax = 20;

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function listed(names: readonly (string | number)[]): string {
  const shown = names.slice(0, listedMax).join(', ');
  return names.length > listedMax ? `${shown} and ${names.length - listedMax} more` : shown;
}

/** In UTC: who reads it may be anywhere. */
export function timeOf(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
