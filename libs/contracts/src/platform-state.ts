/** A trouble of Quorate itself that was told and is not over, on `platform-state` under the condition's key. */
import { z } from 'zod';
import { alertSchema } from './alert.ts';

export const platformStateSchema = z.object({
  v: z.literal(1),
  /** The alert that opened it, with who has acknowledged it since: its end is told in the same words and places. */
  opened: alertSchema,
});
export type PlatformState = z.infer<typeof platformStateSchema>;
