/** Begins things that each take long, one a turn of the event loop, so that between them it gets to everything else. */

export class Pace {
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #isDue = false;

  /** Begins in this turn of the loop or in a later one, and never at once. Returns what gives it up before it has. */
  take(begin: () => void): () => void {
    this.#waiting.add(begin);
    this.#beginSoon();
    return () => this.#waiting.delete(begin);
  }

  #beginSoon(): void {
    if (this.#isDue || this.#waiting.size === 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#beginNext();
      this.#beginSoon();
    });
  }

  #beginNext(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }
}
