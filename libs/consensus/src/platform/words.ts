/** Words for people. */

/** Names that a sentence lists before it only counts the rest. */
const listedMax = 20;

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function listed(names: readonly (string | number)[]): string {
  const shown = names.slice(0, listedMax).join(', ');
  return names.length > listedMax ? `${shown} and ${names.length - listedMax} more` : shown;
}
