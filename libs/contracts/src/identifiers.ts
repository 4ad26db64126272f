/** Identities that cross a wire. They are built from facts, never by chance, so that every repeat has the same name. */
import { z } from 'zod';
import type { Instant } from './instant.ts';
import { murmur2 } from './partition.ts';

export const monitorIdSchema = z.uuid();
export const channelIdSchema = z.uuid();

/** A region's name: lower-case letters, digits and hyphens, 1 to 32 characters, not starting with a hyphen. */
export const regionSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits or hyphens');
/** The one voter of heartbeat monitors: the API's gateway, which hears the pings. No prober has this name. */
export const gatewayRegion = 'gateway';
export const proberRegionSchema = regionSchema.refine(
  (name) => name !== gatewayRegion,
  `must not be ${gatewayRegion}: it stands for the gateway of heartbeat monitors`,
);
export const proberIdSchema = z.string().min(1).max(96);

export const roundKindSchema = z.enum(['scheduled', 'confirming', 'manual']);
export type RoundKind = z.infer<typeof roundKindSchema>;

/** One occasion to judge one monitor. */
export interface RoundIdentity {
  readonly monitorId: string;
  readonly dueAt: Instant;
  readonly kind: RoundKind;
}

export function roundKey({ monitorId, dueAt, kind }: RoundIdentity): string {
  return `${monitorId}:${dueAt}:${kind}`;
}

/** `confirmedDueAt` is the `dueAt` of the round that confirmed the outage. */
export function incidentIdOf(monitorId: string, confirmedDueAt: Instant): string {
  return `${monitorId}:${confirmedDueAt}`;
}

/** Of the warning that a certificate is about to expire: `seenDueAt` is the `dueAt` of the round that saw it. */
export function certificateWarningIdOf(monitorId: string, seenDueAt: Instant): string {
  return `${monitorId}:certificate:${seenDueAt}`;
}

/**
 * What stands for a monitor's ID in alerts about Quorate itself: a UUID made from the condition's key, of version 8, so
 * that no monitor has it.
 */
export function conditionIdOf(conditionKey: string): string {
  const words = [0, 1, 2, 3].map((index) => murmur2(`${index}:${conditionKey}`) >>> 0);
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/**
 * `pulse` is no incident's: it is the sign of life of the dead man's switch. `updated` is a storm's only: the list of
 * its roll-up has changed.
 */
export const transitionSchema = z.enum(['opened', 'acknowledged', 'reminder', 'updated', 'resolved', 'test', 'pulse']);
export type Transition = z.infer<typeof transitionSchema>;

export function alertIdOf(incidentId: string, transition: Transition, sequence: number): string {
  return `${incidentId}:${transition}:${sequence}`;
}

/** Stable across retries and restarts: one alert reaches one channel as one delivery. */
export function deliveryIdOf(alertId: string, channelId: string): string {
  return `${alertId}:${channelId}`;
}
