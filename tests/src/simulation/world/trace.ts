/** What happened in a run: one number that any difference changes, and words where somebody wants to read them. */
import type { Instant } from '@quorate/contracts';

const prime = 0x01000193;

export class Trace {
  readonly #startAt: Instant;
  /** Null where nobody reads. */
  readonly #tell: ((line: string) => void) | null;
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  constructor(startAt: Instant, tell: ((line: string) => void) | null) {
    this.#startAt = startAt;
    this.#tell = tell;
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** Takes `text` into the hash. */
  mark(at: Instant, text: string): void {
    let low = this.#low ^ (at - this.#startAt);
    let high = this.#high;
    for (let index = 0; index < text.length; index++) {
      low = Math.imul(low ^ text.charCodeAt(index), prime);
      high = Math.imul(high + low, prime) ^ (low >>> 15);
    }
    this.#low = low;
    this.#high = high;
  }

  /** Takes it into the hash and tells it. */
  say(at: Instant, text: string): void {
    this.mark(at, text);
    this.tell(at, () => text);
  }

  /** Tells what is only for the eye. */
  tell(at: Instant, text: () => string): void {
    this.#tell?.(`${((at - this.#startAt) / 1_000).toFixed(3).padStart(9)}  ${text()}`);
  }
}
