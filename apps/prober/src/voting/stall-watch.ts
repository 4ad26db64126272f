/** Notices when this process did not get to run: what it then timed says nothing of any target. */
import type { Evidence, Reason } from '@quorate/contracts';

const tickMs = 100;
/** A gap between two ticks that no ordinary load makes. */
const stallMs = 500;
/** Stalls are remembered for longer than any probe runs. */
const rememberedMs = 120_000;

/** What a stall can make of a healthy target. A 503 or a wrong certificate it cannot. */
const reasonsOfTime = new Set<Reason>([
  'timeout.dns',
  'timeout.connect',
  'timeout.tls',
  'timeout.response',
  'timeout.total',
  'connect.reset',
  'tls.handshake',
  'http.empty',
  'http.partial',
  'slow',
]);

export class StallWatch {
  readonly #timer = setInterval(() => this.#tick(), tickMs).unref();
  #tickedAt = performance.now();
  #stalls: { readonly endedAt: number; readonly ms: number }[] = [];

  /** The longest stall in milliseconds since `since` (as `performance.now()` tells it); 0 if there was none. */
  longestSince(since: number): number {
    // Thawed, a process may come here before its own tick does.
    this.#tick();
    return Math.max(0, ...this.#stalls.filter(({ endedAt }) => endedAt > since).map(({ ms }) => ms));
  }

  /** Turns a failure that the stall may have made into an abstention. */
  judge(evidence: Evidence, since: number): Evidence {
    if (evidence.reason === null || !reasonsOfTime.has(evidence.reason)) return evidence;
    const ms = this.longestSince(since);
    if (ms === 0) return evidence;
    const stood = `the prober stood still for ${Math.round(ms)} ms`;
    const message = `${stood}, so this says nothing of the target: ${evidence.message}`;
    return { ...evidence, outcome: 'abstain', reason: 'prober.stalled', message: message.slice(0, 1_024) };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const ms = now - this.#tickedAt;
    if (ms >= stallMs)
      this.#stalls = [...this.#stalls, { endedAt: now, ms }].filter(({ endedAt }) => now - endedAt < rememberedMs);
    this.#tickedAt = now;
  }
}
