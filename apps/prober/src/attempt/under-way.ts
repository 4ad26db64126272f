/**
 * Whatever is under way by one signal, and when each is to be told that its time has come: one timer for thousands at a
 * time, and one listener for a stop. One of each for every attempt would cost more than the rest of a short attempt.
 */

export interface Timed {
  timeHasCome(): void;
  stop(): void;
}

/** Those whose time comes within this span are told together, at its end. */
const spanMs = 10;

export class UnderWay {
  readonly #bySpan = new Map<number, Set<Timed>>();
  #timer: NodeJS.Timeout | null = null;
  #wakesAtSpan = Infinity;

  /** `at` is by `performance.now`. Returns what `remove` asks for. */
  add(timed: Timed, at: number): number {
    const span = Math.ceil(at / spanMs);
    const together = this.#bySpan.get(span);
    if (together === undefined) this.#bySpan.set(span, new Set([timed]));
    else together.add(timed);
    if (span < this.#wakesAtSpan) this.#wakeAt(span);
    return span;
  }

  remove(timed: Timed, span: number): void {
    const together = this.#bySpan.get(span);
    if (together?.delete(timed) !== true || together.size > 0) return;
    this.#bySpan.delete(span);
    if (this.#bySpan.size === 0) this.#sleep();
  }

  stop(): void {
    for (const together of [...this.#bySpan.values()]) for (const timed of [...together]) timed.stop();
  }

  #wakeAt(span: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAtSpan = span;
    const inMs = Math.max(0, span * spanMs - performance.now());
    // Where this process was kept from running, what has arrived meanwhile is read before anyone is told.
    this.#timer = setTimeout(() => setImmediate(() => this.#tell()), inMs);
  }

  #sleep(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wakesAtSpan = Infinity;
  }

  /** Who was added last may be due first, and most have gone by the time that they were to be told at. */
  #tell(): void {
    this.#sleep();
    const now = performance.now();
    const due = [...this.#bySpan].filter(([span]) => span * spanMs <= now);
    for (const [span, together] of due) {
      this.#bySpan.delete(span);
      for (const timed of together) timed.timeHasCome();
    }
    if (this.#bySpan.size > 0) this.#wakeAt(Math.min(...this.#bySpan.keys()));
  }
}

const bySignal = new WeakMap<AbortSignal, UnderWay>();

/** What is stopped when `signal` aborts: whatever is under way by then. */
export function underWayBy(signal: AbortSignal): UnderWay {
  const known = bySignal.get(signal);
  if (known !== undefined) return known;
  const underWay = new UnderWay();
  bySignal.set(signal, underWay);
  signal.addEventListener('abort', () => underWay.stop(), { once: true });
  return underWay;
}
