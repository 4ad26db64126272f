/** What is known of a job's runs, on `pings`: the newest word of each kind, under `monitorId/kind`. */
import { z } from 'zod';
import { monitorIdSchema } from './identifiers.ts';
import { excerptCharactersMax } from './vote.ts';

const about = { v: z.literal(1), monitorId: monitorIdSchema };

export const pingSchema = z.discriminatedUnion('kind', [
  /** From here on a first ping is awaited: the monitor was created, or resumed. */
  z.object({ ...about, kind: z.literal('awaited') }),
  /** A run has begun. Its end leaves a tombstone. */
  z.object({ ...about, kind: z.literal('started') }),
  z.object({
    ...about,
    kind: z.literal('ended'),
    failed: z.boolean(),
    /** Null where the job gave none. */
    exitCode: z.int().min(0).max(255).nullable(),
    /** The last characters that a failed job sent along. */
    excerpt: z.string().max(excerptCharactersMax).nullable(),
  }),
]);
export type Ping = z.infer<typeof pingSchema>;
export type PingKind = Ping['kind'];

export const pingKinds = ['awaited', 'started', 'ended'] as const satisfies readonly PingKind[];

export function pingKey(monitorId: string, kind: PingKind): string {
  return `${monitorId}/${kind}`;
}

/** The monitor that a record of `pings` is of; its key says so where a tombstone says nothing else. */
export function monitorIdOfPing(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
