/** The dead man's switch as people set it; Quorate makes a monitor of it, one for its drill, and a channel. */
import { z } from 'zod';
import { channelIdSchema } from './identifiers.ts';

/** A drill looks often, however slowly the switch beats: its outage is short. */
const drillIntervalSecondsMax = 30;
/** For the two rounds that confirm the outage, a second apart, each with its way through the log. */
const drillConfirmationSeconds = 5;

export function drillIntervalSeconds(intervalSeconds: number): number {
  return Math.min(intervalSeconds, drillIntervalSecondsMax);
}

const drillSettingsSchema = z.strictObject({
  /** How often the outage is played; the first time when this is set. */
  everyMinutes: z.int().min(5).max(10_080).default(1_440),
  /** For how long. Long enough to be seen and confirmed, and over before half of the time has passed. */
  downSeconds: z.int().min(10).max(3_600).default(120),
  /** Who is paged, as by any other monitor. */
  channelIds: z.array(channelIdSchema).min(1).max(20),
});

interface Played {
  readonly intervalSeconds: number;
  readonly drill: z.infer<typeof drillSettingsSchema> | null;
}

function checkDrill({ intervalSeconds, drill }: Played, context: z.core.$RefinementCtx<Played>): void {
  if (drill === null) return;
  const downSecondsMin = drillIntervalSeconds(intervalSeconds) + drillConfirmationSeconds;
  const downSecondsMax = drill.everyMinutes * 30;
  const isTooShort = drill.downSeconds < downSecondsMin;
  if (!isTooShort && drill.downSeconds <= downSecondsMax) return;
  const message = isTooShort
    ? `must be at least ${downSecondsMin}, or the outage might be over before it is confirmed`
    : `must be at most ${downSecondsMax}: half of everyMinutes`;
  context.addIssue({ code: 'custom', path: ['drill', 'downSeconds'], message });
}

export const deadMansSwitchSettingsSchema = z
  .strictObject({
    /** Secret. Where a sign of life goes: the URL that healthchecks.io and its like give out. */
    url: z.string().min(1).max(4_096),
    method: z.enum(['GET', 'POST']).default('GET'),
    /** How often. The receiver should wait for a little longer before it raises the alarm. */
    intervalSeconds: z.int().min(5).max(3_600).default(60),
    drill: drillSettingsSchema.nullable().default(null),
  })
  .superRefine(checkDrill);
export type DeadMansSwitchSettings = z.infer<typeof deadMansSwitchSettingsSchema>;
