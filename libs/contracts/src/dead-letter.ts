/** A record that a service could not read or decide upon, kept for operators on `dead-letters`. */
import { z } from 'zod';
import { instantSchema } from './instant.ts';

export const deadLetterValueCharactersMax = 16_384;

export const deadLetterSchema = z.object({
  v: z.literal(1),
  service: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  key: z.string().nullable(),
  reason: z.string().max(2_048),
  /** The text as it came, cut at `deadLetterValueCharactersMax`. */
  value: z.string().max(deadLetterValueCharactersMax).nullable(),
  at: instantSchema,
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;
