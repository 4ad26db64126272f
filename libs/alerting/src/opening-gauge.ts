/** How many monitors have opened on a channel of late, with an outage or a warning: what its storm brake goes by. */
import type { Delivery, Instant, StormBrake, StormTopic } from '@quorate/contracts';

/**
 * Certificates are looked at once an hour or so, and one that many monitors share is seen by each of them in its own
 * time: their window is a day, whatever the channel says of outages.
 */
export const certificateWindowSeconds = 86_400;

/** No brake's window is longer; and nothing is forgotten sooner, so that a restored gauge reads the same. */
const openingsKeptMs: Readonly<Record<StormTopic, number>> = {
  outages: 600_000,
  certificates: certificateWindowSeconds * 1_000,
};

export function brakeOf(topic: StormTopic, brake: StormBrake): StormBrake {
  return topic === 'outages' ? brake : { ...brake, windowSeconds: certificateWindowSeconds };
}

interface Opening {
  readonly monitorId: string;
  readonly plannedAt: Instant;
}

/** The type of the monitors that watch Quorate itself. The page of a drill has to arrive, or it proves nothing. */
const ownType = 'self';

/**
 * Of which storm a delivery may be part, since it tells that a target of a user went down, or that its certificate is
 * about to expire; null of any other. What a person had sent again doesn't count anew.
 */
export function openingTopicOf({ alert, attempts, plannedAt }: Delivery): StormTopic | null {
  if (alert.transition !== 'opened' || attempts.some(({ at }) => at < plannedAt)) return null;
  if (alert.subject === 'certificate') return 'certificates';
  return alert.subject === 'monitor' && alert.monitor.type !== ownType ? 'outages' : null;
}

export class OpeningGauge {
  readonly #keptMs: number;
  /** By delivery, in the order in which they were decided upon. */
  #openings = new Map<string, Opening>();

  constructor(topic: StormTopic) {
    this.#keptMs = openingsKeptMs[topic];
  }

  /** Counts an opening that was paged or rolled up, each once. */
  note({ deliveryId, plannedAt, alert: { monitorId } }: Delivery): void {
    this.#openings.set(deliveryId, { monitorId, plannedAt });
    const [oldest] = this.#openings.values();
    if (oldest !== undefined && oldest.plannedAt < plannedAt - this.#keptMs) this.#forgetBefore(plannedAt);
  }

  /** Whether as many other monitors as may page on their own opened within the window around this opening. */
  isClosed({ plannedAt, alert: { monitorId } }: Delivery, { openedMax, windowSeconds }: StormBrake): boolean {
    const others = new Set<string>();
    for (const opening of this.#openings.values()) {
      if (Math.abs(opening.plannedAt - plannedAt) >= windowSeconds * 1_000) continue;
      if (opening.monitorId !== monitorId) others.add(opening.monitorId);
      if (others.size >= openedMax) return true;
    }
    return false;
  }

  #forgetBefore(now: Instant): void {
    const kept = [...this.#openings].filter(([, { plannedAt }]) => plannedAt >= now - this.#keptMs);
    this.#openings = new Map(kept);
  }
}
