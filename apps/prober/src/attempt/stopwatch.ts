/** Charges every moment of an attempt to exactly one phase, so that the phases add up to the total. */
import type { Phases } from '@quorate/contracts';

export type Phase = 'dns' | 'connect' | 'tls' | 'ttfb' | 'transfer';

const phaseNames = ['dns', 'connect', 'tls', 'ttfb', 'transfer'] as const satisfies readonly Phase[];

const toMicroseconds = (ms: number): number => Math.round(ms * 1_000);

export class Stopwatch {
  readonly #microseconds = new Map<Phase, number>();
  #phase: Phase | null = null;
  #markedAt = performance.now();

  get phase(): Phase | null {
    return this.#phase;
  }

  /** Ends the phase before it. Coming back to a phase (the next hop of a redirect) adds to it. */
  enter(phase: Phase): void {
    if (this.#phase === null) this.#phase = phase;
    this.charge();
    this.#phase = phase;
    if (!this.#microseconds.has(phase)) this.#microseconds.set(phase, 0);
  }

  /** Charges the time since the last mark to the phase that is on. */
  charge(): void {
    const now = performance.now();
    if (this.#phase !== null) this.#add(this.#phase, toMicroseconds(now - this.#markedAt));
    this.#markedAt = now;
  }

  elapsedMs(phase: Phase): number {
    return (this.#microseconds.get(phase) ?? 0) / 1_000;
  }

  read(): Phases {
    const total = phaseNames.reduce((sum, phase) => sum + (this.#microseconds.get(phase) ?? 0), 0);
    return {
      dnsMs: this.#ms('dns'),
      connectMs: this.#ms('connect'),
      tlsMs: this.#ms('tls'),
      ttfbMs: this.#ms('ttfb'),
      transferMs: this.#ms('transfer'),
      totalMs: total / 1_000,
    };
  }

  #ms(phase: Phase): number | null {
    const microseconds = this.#microseconds.get(phase);
    return microseconds === undefined ? null : microseconds / 1_000;
  }

  #add(phase: Phase, microseconds: number): void {
    this.#microseconds.set(phase, (this.#microseconds.get(phase) ?? 0) + microseconds);
  }
}
