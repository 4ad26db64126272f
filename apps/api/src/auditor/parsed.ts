/** Reads the value of a record. */
import type { z } from 'zod';

/** Null when it is not JSON or not what `schema` says: whoever consumes the topic has put it among the dead letters. */
export function parsed<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
