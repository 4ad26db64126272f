/** What is really the case: which target is down for whom, which region sees nothing, and which is cut off. */
import type { Instant } from '@quorate/contracts';
import type { MonitorScript, Scenario, Span, Symptom } from './scenario.ts';

function covers({ from, to }: Span, at: Instant): boolean {
  return from <= at && at < to;
}

export interface Blindness extends Span {
  readonly region: string;
  /** Whether the region's prober knows that it is the one who sees nothing. */
  readonly knows: boolean;
}

/** A region says the opposite of what it sees. */
export interface Lie extends Span {
  readonly region: string;
  readonly monitorIds: readonly string[];
}

export class Truth {
  readonly #monitors: ReadonlyMap<string, MonitorScript>;
  readonly #blindnesses: Blindness[] = [];
  readonly #lies: Lie[] = [];

  constructor({ monitors }: Pick<Scenario, 'monitors'>) {
    this.#monitors = new Map(monitors.map((monitor) => [monitor.record.id, monitor]));
  }

  get blindnesses(): readonly Blindness[] {
    return this.#blindnesses;
  }

  get lies(): readonly Lie[] {
    return this.#lies;
  }

  lie(lie: Lie): void {
    this.#lies.push(lie);
  }

  /** From now on a region reaches no target. */
  blind(blindness: Blindness): void {
    this.#blindnesses.push(blindness);
  }

  blindnessOf(region: string, at: Instant): Blindness | null {
    return this.#blindnesses.find((blindness) => blindness.region === region && covers(blindness, at)) ?? null;
  }

  /** What a region says of a target; null: it is up. */
  saidOf(monitorId: string, region: string, at: Instant): Symptom | null {
    const symptom = this.#symptomOf(monitorId, region, at);
    const lies = this.#lies.some((lie) => {
      return lie.region === region && lie.monitorIds.includes(monitorId) && covers(lie, at);
    });
    if (!lies) return symptom;
    return symptom === null ? 'refused' : null;
  }

  /** How the target shows itself to a region; null when it is up. */
  #symptomOf(monitorId: string, region: string, at: Instant): Symptom | null {
    if (this.blindnessOf(region, at) !== null) return 'silent';
    const outages = this.#monitors.get(monitorId)?.outages ?? [];
    const outage = outages.find((one) => covers(one, at) && (one.regions?.includes(region) ?? true));
    return outage?.symptom ?? null;
  }
}
