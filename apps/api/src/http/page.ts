/** Cursor pages, newest first: a cursor names the last entry of its page, so new entries do not shift the next one. */
import { z } from 'zod';
import { isStorable } from './json.ts';

export const pageSizeMax = 200;
const pageSizeDefault = 50;

/** Where a page ended: the instant and the ID of its last entry. */
export interface Position {
  readonly at: number;
  readonly id: string;
}

function decodeCursor(cursor: string, idSchema: z.ZodType<string>): Position | null {
  const positionSchema = z.tuple([z.int().nonnegative().max(8.64e15), idSchema]);
  try {
    const [at, id] = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return isStorable(id) ? { at, id } : null;
  } catch {
    return null;
  }
}

function encodeCursor({ at, id }: Position): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

function cursorSchemaOf(idSchema: z.ZodType<string>) {
  return z
    .string()
    .max(1_024)
    .transform((cursor, context): Position => {
      const position = decodeCursor(cursor, idSchema);
      if (position !== null) return position;
      context.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier answer' });
      return z.NEVER;
    });
}

/** The parameters that every list takes; `idSchema` is what the list's entities are named by. */
export function pageParametersOf(idSchema: z.ZodType<string>) {
  return {
    limit: z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
    cursor: cursorSchemaOf(idSchema).optional(),
  };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export function pageSchemaOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** What an operation says of an answer that is a page. */
export function answersPage<Item extends z.ZodType>(what: string, item: Item, examples: readonly z.output<Item>[]) {
  const example = { items: [...examples], nextCursor: null };
  return { status: 200, description: `A page of ${what}.`, schema: pageSchemaOf(item), example } as const;
}

/** A page of at most `limit` out of rows that were asked for with one more, which tells whether there is a next one. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { present, position }: { present: (row: Row) => Item; position: (row: Row) => Position },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(present), nextCursor: hasMore ? encodeCursor(position(last)) : null };
}
