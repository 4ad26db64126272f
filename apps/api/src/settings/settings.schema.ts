/** The settings of the installation on the wire: what is answered. */
import { installationSettingsSchema } from '@quorate/contracts';
import { z } from 'zod';

export const installationSchema = installationSettingsSchema.extend({ version: z.int().min(1) });
export type InstallationAnswer = z.infer<typeof installationSchema>;
