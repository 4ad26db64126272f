/** What a user wants watched: the settings that the API takes and the record that the log carries. */
import { z } from 'zod';
import { channelIdSchema, gatewayRegion, monitorIdSchema, proberRegionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { probedSchema, probeTypeNames, type Probe } from './probe.ts';
import { tagsSchema } from './tags.ts';

export const decisionSchema = z.strictObject({
  /** How many of the expected voters must agree; a number is absolute. */
  quorum: z.union([z.enum(['majority', 'all', 'any']), z.int().min(1).max(100)]).default('majority'),
  /** Whose majority: of the regions expected in the round, or of all registered ones (a static quorum). */
  electorate: z.enum(['expected', 'registered']).default('expected'),
  /** Down verdicts in a row that open an incident. */
  confirmations: z.int().min(1).max(10).default(3),
  /** Never above `intervalSeconds`. */
  confirmIntervalSeconds: z.int().min(1).max(86_400).default(5),
  /** Up verdicts in a row that resolve it. */
  recoveries: z.int().min(1).max(10).default(2),
});
export type Decision = z.infer<typeof decisionSchema>;

const commonSettings = {
  name: z.string().trim().min(1).max(200),
  intervalSeconds: z.int().min(5).max(86_400).default(30),
  /** Never above `intervalSeconds`. */
  timeoutSeconds: z.int().min(1).max(60).default(10),
  /** Region names, or `*` for every registered region. */
  regions: z
    .array(z.union([z.literal('*'), proberRegionSchema]))
    .min(1)
    .max(64)
    .default(['*']),
  tags: tagsSchema.default({}),
  decision: decisionSchema.prefault({}),
  channelIds: z.array(channelIdSchema).max(20).default([]),
  reminderMinutes: z.int().min(1).max(10_080).nullable().default(null),
};

const only = <const Value extends string | number>(value: Value, because: string) =>
  z.literal(value, `must be ${JSON.stringify(value)}: ${because}`);
const oneVoter = 'a heartbeat monitor has one voter';
const noRepeat = 'to ask again what was heard changes nothing';

/** What leaves a heartbeat monitor no choice: one voter, who says the same however often it is asked. */
const heartbeatFields = {
  regions: z.array(only(gatewayRegion, oneVoter)).length(1).default([gatewayRegion]),
  decision: z
    .strictObject({
      quorum: only('majority', oneVoter).default('majority'),
      electorate: only('expected', oneVoter).default('expected'),
      confirmations: only(1, noRepeat).default(1),
      confirmIntervalSeconds: decisionSchema.shape.confirmIntervalSeconds,
      recoveries: only(1, noRepeat).default(1),
    })
    .prefault({}),
};

/** The types that a user may choose. */
const userTypes = [
  'http',
  'tcp',
  'dns',
  'heartbeat',
  'grpc',
  'websocket',
  'postgresql',
  'redis',
  'icmp',
  'mysql',
  'mqtt',
  'amqp',
  'kafka',
  'mongodb',
  'domain',
  'tls',
  'smtp',
] as const;

/**
 * The built-in monitors: Quorate makes them from the installation's settings, so nobody else says how they behave.
 */
export const selfMonitorSettingsSchema = probedSchema(commonSettings, ['self']);
export type SelfMonitorSettings = z.infer<typeof selfMonitorSettingsSchema>;

interface Rhythm {
  intervalSeconds: number;
  timeoutSeconds: number;
  decision: Decision;
}

function checkRhythm(settings: Rhythm, context: z.core.$RefinementCtx<Rhythm>): void {
  const { intervalSeconds, timeoutSeconds, decision } = settings;
  if (timeoutSeconds > intervalSeconds) {
    context.addIssue({
      code: 'custom',
      path: ['timeoutSeconds'],
      message: `must not be above intervalSeconds (${intervalSeconds})`,
    });
  }
  if (decision.confirmIntervalSeconds > intervalSeconds) {
    context.addIssue({
      code: 'custom',
      path: ['decision', 'confirmIntervalSeconds'],
      message: `must not be above intervalSeconds (${intervalSeconds})`,
    });
  }
}

/** What `POST /monitors` takes: defaults filled in, contradictions refused. */
export const monitorSettingsSchema = probedSchema(commonSettings, userTypes, {
  heartbeat: heartbeatFields,
}).superRefine(checkRhythm);
export type MonitorSettings = z.infer<typeof monitorSettingsSchema>;
/** What the API answers of a monitor: its settings, and `fields`. */
export function monitorAnswerSchema<Fields extends z.ZodRawShape>(fields: Fields) {
  return probedSchema({ ...commonSettings, ...fields }, probeTypeNames, { heartbeat: heartbeatFields });
}
export type MonitorSettingsInput = z.input<typeof monitorSettingsSchema>;

const recordFields = {
  v: z.literal(1),
  id: monitorIdSchema,
  /** Counts up with each change. */
  version: z.int().min(1),
  paused: z.boolean(),
  createdAt: instantSchema,
  /**
   * When this version was made: the `dueAt` of the round that a creation, a resume or an edit of the target asks for
   * at once.
   */
  changedAt: instantSchema,
  /** Whether this version asks for a round at `changedAt`: after a creation, a resume or an edit. */
  checkAtOnce: z.boolean(),
};

/** A record of `monitors`. Its secrets are sealed (`secrets.ts`). A tombstone says that the monitor was deleted. */
export const monitorRecordSchema = probedSchema({ ...commonSettings, ...recordFields }, probeTypeNames, {
  heartbeat: heartbeatFields,
});
export type MonitorRecord = z.infer<typeof monitorRecordSchema>;

/** The built-in monitor whose up verdicts are the sign of life that an outside watch waits for. */
export function isDeadMansSwitch(monitor: Probe): boolean {
  return monitor.type === 'self' && monitor.self.drill === null;
}
