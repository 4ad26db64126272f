/** Pages and the cursors between them. */
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { pageOf, pageParametersOf, pageSizeMax } from './page.ts';

const query = z.strictObject(pageParametersOf(z.string().max(8)));
const how = { present: ({ id }: { id: string }) => id, position: (row: { at: number; id: string }) => row };
const rows = [3, 2, 1].map((at) => ({ at, id: `row-${at}` }));

describe('pageOf', () => {
  it('leaves the row out that only tells of a next page', () => {
    const page = pageOf(rows, 2, how);
    expect(page.items).toEqual(['row-3', 'row-2']);
    expect(query.parse({ cursor: page.nextCursor }).cursor).toEqual({ at: 2, id: 'row-2' });
  });

  it('has no next page when all rows fit', () => expect(pageOf(rows, 3, how).nextCursor).toBeNull());
  it('can be empty', () => expect(pageOf([], 3, how)).toEqual({ items: [], nextCursor: null }));
});

describe('the page parameters', () => {
  it('have a default', () => expect(query.parse({})).toEqual({ limit: 50 }));

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    { limit: '0' },
    { limit: String(pageSizeMax + 1) },
    { limit: '1.5' },
    { cursor: '' },
    { cursor: '%%%' },
    { cursor: encoded(null) },
    { cursor: encoded([1]) },
    { cursor: encoded([-1, 'a']) },
    { cursor: encoded([9e15, 'a']) },
    { cursor: encoded([1, 'too long to be one']) },
    { cursor: encoded([1, 'a\0']) },
    { cursor: 'a'.repeat(1_025) },
  ])('refuse %j', (given) => expect(query.safeParse(given).success).toBe(false));
});
