/** How instants rest in PostgreSQL: as `timestamptz` to people who query it, as milliseconds to the code. */
import type { ColumnOptions, ValueTransformer } from 'typeorm';

const transformer: ValueTransformer = {
  to: (instant: unknown) => (typeof instant === 'number' ? new Date(instant) : instant),
  from: (date: unknown) => (date instanceof Date ? date.getTime() : date),
};

/** A column of `Instant`s; milliseconds are what it keeps. */
export const instantColumn = { type: 'timestamptz', precision: 3, transformer } as const satisfies ColumnOptions;
