/** Charges every moment of an attempt to exactly one phase, so that the phases add up to the total. */
import type { Phases } from '@quorate/contracts';

export type Phase = 'auth' | 'dns' | 'connect' | 'tls' | 'ttfb' | 'transfer';

const toMicroseconds = (ms: number): number => Math.round(ms * 1_000);

/** Microseconds; null for a phase that did not happen. */
type Times = Record<Phase, number | null>;

const toMs = (microseconds: number | null): number | null => (microseconds === null ? null : microseconds / 1_000);

export class Stopwatch {
  readonly #times: Times = { auth: null, dns: null, connect: null, tls: null, ttfb: null, transfer: null };
  #phase: Phase | null = null;
  #markedAt: number;

  /** `now` is by `performance.now`. */
  constructor(now: number) {
    this.#markedAt = now;
  }

  get phase(): Phase | null {
    return this.#phase;
  }

  /** Ends the phase before it. Coming back to a phase (the next hop of a redirect) adds to it. */
  enter(phase: Phase): void {
    this.#phase ??= phase;
    this.charge();
    this.#phase = phase;
    this.#times[phase] ??= 0;
  }

  /** Charges the time since the last mark to the phase that is on. */
  charge(): void {
    const now = performance.now();
    const phase = this.#phase;
    if (phase !== null) this.#times[phase] = (this.#times[phase] ?? 0) + toMicroseconds(now - this.#markedAt);
    this.#markedAt = now;
  }

  /** Charges the time since the last mark to nobody. */
  pass(): void {
    this.#markedAt = performance.now();
  }

  elapsedMs(phase: Phase): number {
    return (this.#times[phase] ?? 0) / 1_000;
  }

  get totalMs(): number {
    const { auth, dns, connect, tls, ttfb, transfer } = this.#times;
    return ((auth ?? 0) + (dns ?? 0) + (connect ?? 0) + (tls ?? 0) + (ttfb ?? 0) + (transfer ?? 0)) / 1_000;
  }

  read(): Phases {
    const { auth, dns, connect, tls, ttfb, transfer } = this.#times;
    const phases = {
      dnsMs: toMs(dns),
      connectMs: toMs(connect),
      tlsMs: toMs(tls),
      ttfbMs: toMs(ttfb),
      transferMs: toMs(transfer),
      totalMs: this.totalMs,
    };
    return auth === null ? phases : { authMs: auth / 1_000, ...phases };
  }
}
