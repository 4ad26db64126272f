/** Maintenance windows on the wire: what is answered. */
import { maintenanceWindowSettingsSchema } from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';

export const maintenanceWindowIdParameters = z.strictObject({ id: z.uuid() });

export const maintenanceWindowSchema = maintenanceWindowSettingsSchema.safeExtend({
  id: z.uuid(),
  version: z.int().min(1),
  /** The occurrence that is on, or the next one; null where none comes any more. */
  next: z.strictObject({ startsAt: isoInstantSchema, endsAt: isoInstantSchema, isOn: z.boolean() }).nullable(),
});
export type MaintenanceWindowAnswer = z.infer<typeof maintenanceWindowSchema>;

export const maintenanceWindowsQuerySchema = z.strictObject(pageParametersOf(z.uuid()));
export type MaintenanceWindowsQuery = z.output<typeof maintenanceWindowsQuerySchema>;
