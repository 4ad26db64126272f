/** How many monitors have opened on a channel of late: what its storm brake goes by. */
import type { Delivery, Instant, StormBrake } from '@quorate/contracts';

/** No brake's window is longer; and nothing is forgotten sooner, so that a restored gauge reads the same. */
const openingsKeptMs = 600_000;

interface Opening {
  readonly monitorId: string;
  readonly plannedAt: Instant;
}

/** The type of the monitors that watch Quorate itself. The page of a drill has to arrive, or it proves nothing. */
const ownType = 'self';

/** Whether a delivery tells that a target of a user went down. What a person had sent again doesn't count anew. */
export function isOpening({ alert, attempts, plannedAt }: Delivery): boolean {
  const isTarget = alert.subject === 'monitor' && alert.monitor.type !== ownType;
  return alert.transition === 'opened' && isTarget && attempts.every(({ at }) => at >= plannedAt);
}

export class OpeningGauge {
  /** By delivery, in the order in which they were decided upon. */
  #openings = new Map<string, Opening>();

  /** Counts an opening that was paged or rolled up, each once. */
  note({ deliveryId, plannedAt, alert: { monitorId } }: Delivery): void {
    this.#openings.set(deliveryId, { monitorId, plannedAt });
    const [oldest] = this.#openings.values();
    if (oldest !== undefined && oldest.plannedAt < plannedAt - openingsKeptMs) this.#forgetBefore(plannedAt);
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
    const kept = [...this.#openings].filter(([, { plannedAt }]) => plannedAt >= now - openingsKeptMs);
    this.#openings = new Map(kept);
  }
}
