/** Which deliveries an alert asks for. */
import { deliveryIdOf, type Alert, type Delivery, type Instant } from '@quorate/contracts';

export type ChannelType = 'pagerduty' | 'webhook' | 'heartbeat';

/** Channels that escalate and repeat by themselves; a reminder would only be noise there. */
const remindsByItself: ReadonlySet<ChannelType> = new Set(['pagerduty']);

export interface PlanFacts {
  /** The type of a channel; undefined when it isn't known (yet): its deliveries are planned all the same. */
  readonly typeOf: (channelId: string) => ChannelType | undefined;
  readonly now: Instant;
}

export function newDelivery(alert: Alert, channelId: string, now: Instant): Delivery {
  return {
    v: 1,
    deliveryId: deliveryIdOf(alert.alertId, channelId),
    channelId,
    fallbackOf: null,
    handedTo: null,
    state: 'pending',
    rolledUpIn: null,
    plannedAt: now,
    nextAttemptAt: now,
    departedAt: null,
    attemptCount: 0,
    attempts: [],
    late: false,
    alert,
    storm: null,
  };
}

/** One delivery for each channel that the alert names, in that order; none of what nobody wants to hear any more. */
export function planDeliveries(alert: Alert, { typeOf, now }: PlanFacts): Delivery[] {
  if (alert.expiresAt !== undefined && now >= alert.expiresAt) return [];
  const wants = (channelId: string): boolean => {
    const type = typeOf(channelId);
    return alert.transition !== 'reminder' || type === undefined || !remindsByItself.has(type);
  };
  return [...new Set(alert.channelIds)].filter(wants).map((channelId) => newDelivery(alert, channelId, now));
}

/**
 * The delivery by which a fallback channel takes over, and the first one with a note of that. Null where none may: the
 * fallback hears of the alert anyway, this delivery is itself a fallback or only a test, or another took over already.
 */
export function handOver(
  delivery: Delivery,
  { fallbackChannelId, now }: { fallbackChannelId: string | null; now: Instant },
): { handed: Delivery; takenOver: Delivery } | null {
  const isUnsent = delivery.state === 'pending' || delivery.state === 'dead';
  const isOpen = delivery.fallbackOf === null && delivery.handedTo === null && isUnsent;
  const { alert, storm } = delivery;
  const { channelIds, transition } = alert;
  if (!isOpen || fallbackChannelId === null || transition === 'test') return null;
  if (channelIds.includes(fallbackChannelId)) return null;
  return {
    handed: { ...delivery, handedTo: fallbackChannelId },
    takenOver: { ...newDelivery(alert, fallbackChannelId, now), fallbackOf: delivery.channelId, storm },
  };
}
