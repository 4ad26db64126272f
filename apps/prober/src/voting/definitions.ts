/**
 * Monitors' definitions, each as one object for as long as its version lasts, though every check brings its own copy:
 * what is worked out from a definition once is then found again.
 */
import type { Check, Probe } from '@quorate/contracts';

/** As many as one process has monitors to check; what is not remembered is worked out anew. */
const definitionsRememberedMax = 20_000;

type Defined = Pick<Check, 'monitorId' | 'monitorVersion' | 'kind'>;

export class Definitions {
  readonly #remembered = new Map<string, { readonly version: number; readonly probe: Probe }>();
  readonly #rememberedMax: number;

  constructor(rememberedMax = definitionsRememberedMax) {
    this.#rememberedMax = rememberedMax;
  }

  recall({ monitorId, monitorVersion, kind }: Defined): Probe | null {
    // A manual check may try out what was never saved.
    if (kind === 'manual') return null;
    const remembered = this.#remembered.get(monitorId);
    return remembered?.version === monitorVersion ? remembered.probe : null;
  }

  /** The one that was remembered longest ago goes first. */
  remember({ monitorId, monitorVersion: version, kind }: Defined, probe: Probe): void {
    if (kind === 'manual') return;
    const [oldest] = this.#remembered.keys();
    const isFull = this.#remembered.size >= this.#rememberedMax && !this.#remembered.has(monitorId);
    if (isFull && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(monitorId, { version, probe });
  }
}
