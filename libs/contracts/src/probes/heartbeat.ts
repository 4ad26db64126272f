/** The heartbeat: nobody is dialled; a job tells of its runs, and what counts is whether it does so in time. */
import { z } from 'zod';
import { secretTextSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';
import { timeZoneSchema } from '../time-zone.ts';

const monthSeconds = 31 * 86_400;

export const heartbeatProbeSchema = z.strictObject({
  /** How often a run ends; not looked at where `cron` says when. */
  everySeconds: z
    .int()
    .min(5)
    .max(12 * monthSeconds)
    .default(3_600),
  /** When a run begins, as in a crontab: five fields. That it can be read is checked where the library is (the API). */
  cron: z
    .string()
    .max(256)
    .regex(/^\S+( +\S+){4}$/, 'must have five fields: minute, hour, day of the month, month, day of the week')
    .nullable()
    .default(null),
  /** Where `cron` is read, by its name in the IANA database. */
  timeZone: timeZoneSchema.default('UTC'),
  /** How much later than that a ping is still in time. */
  graceSeconds: z.int().min(1).max(monthSeconds).default(300),
  /** How long after a `/start` the end of the run may take; null: until the run after it is overdue. */
  maxRunSeconds: z.int().min(1).max(monthSeconds).nullable().default(null),
  /** Secret. The last part of the ping URL. Made by Quorate; null makes a new one. */
  token: secretTextSchema.nullable().default(null),
});
export type HeartbeatProbe = z.infer<typeof heartbeatProbeSchema>;

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

function lengthOf(seconds: number): string {
  const unit = units.find(([, length]) => seconds % length === 0);
  return unit === undefined ? `${seconds} s` : `${seconds / unit[1]} ${unit[0]}`;
}

export const heartbeatProbeType = defineProbeType({
  settings: heartbeatProbeSchema,
  targetOf: ({ everySeconds, cron, timeZone }) =>
    cron === null ? `a ping every ${lengthOf(everySeconds)}` : `a ping at ${cron} (${timeZone})`,
  mapSecrets: (settings, map) => {
    const { token } = settings;
    return token === null ? settings : { ...settings, token: map(token, '/heartbeat/token') };
  },
});
