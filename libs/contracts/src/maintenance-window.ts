/** When monitors are worked on: as the API takes it, and as `directory` carries it. */
import { z } from 'zod';
import { monitorIdSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { tagsSchema } from './tags.ts';
import { timeZoneSchema } from './time-zone.ts';

const dayMs = 86_400_000;
const repeatPeriods = { daily: dayMs, weekly: 7 * dayMs } as const;

/** How long a window lasts at most where it comes once: a monitor that nobody wants to hear of is paused. */
const onceMsMax = 90 * dayMs;

const windowFields = {
  name: z.string().trim().min(1).max(200),
  /** Whether it covers every monitor, whatever else it names. */
  allMonitors: z.boolean().default(false),
  /** It covers those named, */
  monitorIds: z.array(monitorIdSchema).max(1_000).default([]),
  /** and those that carry all of these tags; none are carried by nobody. */
  tags: tagsSchema.default({}),
  /** Whether it comes again: at the same time of the day, by the clocks of `timeZone`. */
  repeat: z.enum(['once', 'daily', 'weekly']).default('once'),
  /** An IANA name. It matters where its clocks are put forward or back. */
  timeZone: timeZoneSchema.default('UTC'),
};

interface Span {
  repeat: 'once' | keyof typeof repeatPeriods;
  startsAt: number | string;
  endsAt: number | string;
  allMonitors: boolean;
  monitorIds: readonly string[];
  tags: Readonly<Record<string, string>>;
}

function spanFaultOf({ repeat, startsAt, endsAt }: Span): string | null {
  const durationMs = Date.parse(String(endsAt)) - Date.parse(String(startsAt));
  if (durationMs <= 0) return 'must be after startsAt';
  if (repeat === 'once') return durationMs > onceMsMax ? 'must be at most 90 days after startsAt' : null;
  return durationMs > repeatPeriods[repeat] ? `must come before the next one begins, which is ${repeat}` : null;
}

function checkWindow(settings: Span, context: z.core.$RefinementCtx<Span>): void {
  const fault = spanFaultOf(settings);
  if (fault !== null) context.addIssue({ code: 'custom', path: ['endsAt'], message: fault });
  const { allMonitors, monitorIds, tags } = settings;
  if (allMonitors || monitorIds.length > 0 || Object.keys(tags).length > 0) return;
  const message = 'name monitors here, or tags, or set allMonitors: the window covers nothing';
  context.addIssue({ code: 'custom', path: ['monitorIds'], message });
}

/** What `POST /maintenance-windows` takes. Of one that repeats, `startsAt` and `endsAt` are those of the first. */
export const maintenanceWindowSettingsSchema = z
  .strictObject({ ...windowFields, startsAt: z.iso.datetime(), endsAt: z.iso.datetime() })
  .superRefine(checkWindow);
export type MaintenanceWindowSettings = z.infer<typeof maintenanceWindowSettingsSchema>;

/** The record of `directory` under `directoryKeyOfMaintenanceWindow`. A tombstone says that it was deleted. */
export const maintenanceWindowRecordSchema = z.object({
  ...windowFields,
  v: z.literal(1),
  entity: z.literal('maintenance-window'),
  id: z.uuid(),
  /** Counts up with each change. */
  version: z.int().min(1),
  startsAt: instantSchema,
  endsAt: instantSchema,
});
export type MaintenanceWindowRecord = z.infer<typeof maintenanceWindowRecordSchema>;

export function directoryKeyOfMaintenanceWindow(id: string): string {
  return `maintenance-window:${id}`;
}
