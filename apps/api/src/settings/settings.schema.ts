/** The settings of the installation on the wire: what is answered. */
import { deadMansSwitchSettingsSchema, installationSettingsSchema } from '@quorate/contracts';
import { z } from 'zod';

const deadMansSwitchSchema = deadMansSwitchSettingsSchema.safeExtend({
  /** The built-in monitor that goes the whole way: its status, its rounds. */
  monitorId: z.uuid(),
  /** That of the drill: its incidents. Null without a drill. */
  drillMonitorId: z.uuid().nullable(),
  /** The built-in channel: `GET /deliveries?channelId=` shows how the last signs of life were taken. */
  channelId: z.uuid(),
});

export const installationSchema = installationSettingsSchema.extend({
  deadMansSwitch: deadMansSwitchSchema.nullable(),
  version: z.int().min(1),
});
export type InstallationAnswer = z.infer<typeof installationSchema>;
