/** Compares deliveries on the log with those in the database, and tells which are not tried although they are due. */
import type { Delivery, Instant } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { Finding } from './finding.ts';

/** What of a delivery tells whether two forms of it are the same. */
export type DeliveryForm = Pick<Delivery, 'state' | 'plannedAt' | 'nextAttemptAt' | 'attemptCount' | 'handedTo'>;

/** What is left of a record of `deliveries`. */
export interface ToldDelivery extends DeliveryForm {
  readonly deliveryId: string;
  readonly channelId: string;
  readonly incidentId: string;
  readonly alertedAt: Instant;
  /** When its newest attempt was made; 0 when none was. */
  readonly attemptedAt: Instant;
}

/** `shown` is null where the database has no row of it. */
export function compareDelivery(told: ToldDelivery, shown: DeliveryForm | null): Finding | null {
  if (shown !== null && isSame(told, shown)) return null;
  const { deliveryId, state, attemptCount } = told;
  const as = shown === null ? 'not shown' : `shown as ${shown.state} after ${shown.attemptCount}`;
  return {
    kind: 'delivery-outdated',
    subject: deliveryId,
    evidence: [state, told.plannedAt, told.nextAttemptAt, attemptCount, told.handedTo].join(':'),
    detail: `It is ${state} after ${attemptCount} attempts, and ${as}.`,
    repair: { type: 'take-delivery', deliveryId },
  };
}

function isSame(one: DeliveryForm, other: DeliveryForm): boolean {
  return (
    one.state === other.state &&
    one.plannedAt === other.plannedAt &&
    one.nextAttemptAt === other.nextAttemptAt &&
    one.attemptCount === other.attemptCount &&
    one.handedTo === other.handedTo
  );
}

/** Pending in the database, and gone from the log: it has ended, and nobody can say how. */
export function strayDelivery(deliveryId: string, attemptCount: number): Finding {
  return {
    kind: 'delivery-stray',
    subject: deliveryId,
    evidence: String(attemptCount),
    detail: 'It is shown as pending; the log has nothing of it any more.',
    repair: { type: 'end-delivery', deliveryId },
  };
}

/** An alert that nobody was told of. */
export function unplannedAlert(alertId: string, channelCount: number): Finding {
  const detail = channelCount === 1 ? 'It names 1 channel.' : `It names ${channelCount} channels.`;
  return { kind: 'alert-unplanned', subject: alertId, evidence: '', detail, repair: null };
}

/** A delivery that is due for longer, while its channel tries nothing, is stuck. */
const overdueMsMin = 15 * 60_000;

/**
 * Only the first pending delivery of an incident can be overdue: the others wait for it. A channel that tries others
 * meanwhile is slow or limited, not stuck.
 */
export function overdueDeliveries(told: Iterable<ToldDelivery>, now: Instant): Finding[] {
  const lines = new Lines(told);
  const limit = now - overdueMsMin;
  return lines.heads().flatMap((head) => {
    const dueAt = head.nextAttemptAt ?? head.plannedAt;
    const isStuck = dueAt < limit && lines.attemptedAt(head.channelId) < limit;
    return isStuck ? [overdue(head, dueAt)] : [];
  });
}

function overdue({ deliveryId, attemptCount }: ToldDelivery, dueAt: Instant): Finding {
  return {
    kind: 'delivery-overdue',
    subject: deliveryId,
    evidence: `${dueAt}:${attemptCount}`,
    detail: `It was due at ${isoOf(dueAt)}, after ${attemptCount} attempts.`,
    repair: null,
  };
}

/** Deliveries by channel and incident, each line in the order in which it is sent. */
class Lines {
  readonly #heads = new Map<string, ToldDelivery>();
  readonly #attemptedAt = new Map<string, Instant>();

  constructor(told: Iterable<ToldDelivery>) {
    for (const delivery of told) this.#add(delivery);
  }

  heads(): ToldDelivery[] {
    return [...this.#heads.values()];
  }

  /** When the channel last tried anything. */
  attemptedAt(channelId: string): Instant {
    return this.#attemptedAt.get(channelId) ?? 0;
  }

  #add(delivery: ToldDelivery): void {
    const { channelId, incidentId, state, alertedAt, attemptedAt } = delivery;
    this.#attemptedAt.set(channelId, Math.max(this.attemptedAt(channelId), attemptedAt));
    if (state !== 'pending') return;
    const line = `${channelId} ${incidentId}`;
    const head = this.#heads.get(line);
    if (head === undefined || alertedAt < head.alertedAt) this.#heads.set(line, delivery);
  }
}
