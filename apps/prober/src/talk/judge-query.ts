/** Whether the answer to a query is the one that the monitor expects. */
import type { Query } from '@quorate/contracts';
import { fail, type Talk } from './talk.ts';

function described(value: string | null | undefined): string {
  if (value === undefined) return 'no row';
  return value === null ? 'NULL' : JSON.stringify(value);
}

/** `value` is the first column of the first row; undefined where there is no row. */
export function* judgeQuery({ equals }: Query, value: string | null | undefined): Talk {
  if (equals === null || value === equals) return;
  yield* fail('query.mismatch', `expected ${JSON.stringify(equals)}, the query gave ${described(value)}`);
}
