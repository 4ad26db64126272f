/** Tells whether two values are the same, whatever order their fields have: `jsonb` keeps none. */
import { murmur2 } from '@quorate/contracts';

export function contentHash(value: unknown): number {
  return murmur2(JSON.stringify(inOrder(value)));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]));
}
