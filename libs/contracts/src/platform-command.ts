/** What people ask through the API of the installation as a whole, on `platform-commands`. */
import { z } from 'zod';
import { regionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

/** Someone takes on an incident of Quorate itself. */
const acknowledgeSchema = z.object({
  v: z.literal(1),
  type: z.literal('acknowledge'),
  incidentId: z.string().max(128),
  by: z.string().max(200),
  at: instantSchema,
});

/** A silent region is no more: its probers' last words end in tombstones, and nobody expects it any longer. */
const removeRegionSchema = z.object({
  v: z.literal(1),
  type: z.literal('remove-region'),
  region: regionSchema,
  at: instantSchema,
});

export const platformCommandSchema = z.discriminatedUnion('type', [acknowledgeSchema, removeRegionSchema]);
export type PlatformCommand = z.infer<typeof platformCommandSchema>;
