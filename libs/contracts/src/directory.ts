/** Whatever `directory` tells of; `entity` says which. Who reads it takes what it knows, and leaves the rest. */
import { z } from 'zod';
import { auditRecordSchema } from './audit.ts';
import { channelRecordSchema } from './channel.ts';
import { installationRecordSchema } from './installation.ts';
import { maintenanceWindowRecordSchema } from './maintenance-window.ts';

export const directoryRecordSchema = z.discriminatedUnion('entity', [
  channelRecordSchema,
  installationRecordSchema,
  auditRecordSchema,
  maintenanceWindowRecordSchema,
]);
