/** A record that a service could not read or decide upon, kept for operators on `dead-letters`. */
import { z } from 'zod';
import { instantSchema } from './instant.ts';

export const deadLetterValueCharactersMax = 16_384;
const reasonCharactersMax = 2_048;

export const deadLetterSchema = z.object({
  v: z.literal(1),
  service: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  key: z.string().nullable(),
  reason: z.string().max(reasonCharactersMax),
  /** The text as it came, cut at `deadLetterValueCharactersMax`. */
  value: z.string().max(deadLetterValueCharactersMax).nullable(),
  at: instantSchema,
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** Its key on `dead-letters`: a record that is put aside twice has one name. */
export function deadLetterKey({ service, topic, partition, offset }: DeadLetter): string {
  return `${service}:${topic}:${partition}:${offset}`;
}

/** The letter with what is too long cut off. */
export function cutDeadLetter(letter: Omit<DeadLetter, 'v'>): DeadLetter {
  return {
    v: 1,
    ...letter,
    reason: letter.reason.slice(0, reasonCharactersMax),
    value: letter.value?.slice(0, deadLetterValueCharactersMax) ?? null,
  };
}
