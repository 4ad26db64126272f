/**
 * A storm: so many monitors of one channel opened within a short time that the channel hears of them in one roll-up
 * instead of one page each. The storm is to its roll-up what an incident is to its alerts.
 */
import { z } from 'zod';
import { resolveCauseSchema } from './alert.ts';
import { channelIdSchema, monitorIdSchema } from './identifiers.ts';
import { instantSchema, type Instant } from './instant.ts';

/** How long the dispatcher remembers what it sent is above this. */
const windowSecondsMax = 600;

/** When a channel's brake closes. */
export const stormBrakeSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** So many monitors may open within the window and page on their own; each further one is rolled up. */
  openedMax: z.int().min(1).max(1_000).default(10),
  windowSeconds: z.int().min(10).max(windowSecondsMax).default(60),
});
export type StormBrake = z.infer<typeof stormBrakeSchema>;

export const stormBrakeDefault: StormBrake = stormBrakeSchema.parse({});

/**
 * What a storm is made of. Warnings of certificates have storms and a count of their own: what can wait for days must
 * not make the brake hold back an outage.
 */
export const stormTopics = ['outages', 'certificates'] as const;
export type StormTopic = (typeof stormTopics)[number];

const certificatesMark = ':certificates:';

export function stormIdOf(channelId: string, openedAt: Instant, topic: StormTopic = 'outages'): string {
  return `storm:${channelId}${topic === 'certificates' ? certificatesMark : ':'}${openedAt}`;
}

export function topicOfStorm(stormId: string): StormTopic {
  return stormId.includes(certificatesMark) ? 'certificates' : 'outages';
}

/** Where an alert was told instead of on its own. */
export const rolledUpInSchema = z.object({
  stormId: z.string().max(128),
  /** The first message of the roll-up that tells of it; messages are numbered from 0. */
  sequence: z.int().nonnegative(),
});
export type RolledUpIn = z.infer<typeof rolledUpInSchema>;

/** What is left of a monitor's alert in the list of a roll-up. */
const stormMemberSchema = z.object({
  incidentId: z.string().max(128),
  monitorId: monitorIdSchema,
  name: z.string(),
  target: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  /** Why it is held to be down, or when its certificate expires; null when nothing says. */
  why: z.string().nullable(),
  openedAt: instantSchema,
  acknowledgedBy: z.string().max(200).nullable(),
  resolvedAt: instantSchema.nullable(),
  resolveCause: resolveCauseSchema.nullable(),
});
export type StormMember = z.infer<typeof stormMemberSchema>;

export const stormMembersListedMax = 50;

/** What one message of a roll-up says: how the storm stood when the message was planned. */
export const stormSchema = z.object({
  channelId: channelIdSchema,
  topic: z.enum(stormTopics).default('outages'),
  openedMax: z.int().min(1),
  windowSeconds: z.int().min(1),
  /** Monitors by the state of their newest incident. */
  openCount: z.int().nonnegative(),
  acknowledgedCount: z.int().nonnegative(),
  resolvedCount: z.int().nonnegative(),
  /** Open ones first, newest first among their like; what is beyond the limit is only counted. */
  members: z.array(stormMemberSchema).max(stormMembersListedMax),
});
export type Storm = z.infer<typeof stormSchema>;
