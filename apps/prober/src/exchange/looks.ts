/**
 * When a growing text is looked at anew. Each look reads all of it, so a target that says a byte at a time could have
 * it read thousands of times: a look is worth it when the text has grown by a share, or after a pause that is as long
 * as the text.
 */

/** By so much a text grows before the next look: all looks together then read a few times its length. */
const growthShare = 1 / 8;
/** A smaller growth is looked at too, but no more than so much is read in a millisecond. */
const charactersPerMs = 256;

export class Looks {
  readonly #look: () => void;
  #seenLength = 0;
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(look: () => void) {
    this.#look = look;
  }

  /** The text has this length by now. The first look is at once. */
  ask(length: number): void {
    this.#length = length;
    if (length - this.#seenLength >= this.#seenLength * growthShare) this.take();
    else this.#timer ??= setTimeout(() => this.take(), length / charactersPerMs);
  }

  /** Looks now. */
  take(): void {
    this.end();
    this.#seenLength = this.#length;
    this.#look();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
