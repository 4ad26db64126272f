/**
 * Unfolds header lines that go on in the next one, which llhttp refuses: a sender may no longer write them, and whoever
 * reads an answer has to take each fold for spaces (RFC 9112, section 5.2). Knows nothing of sockets.
 */

const fold = /\r?\n[\t ]+/;
const folds = new RegExp(fold, 'g');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class FoldedHead {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** Where the line feed that begins an empty line is looked for: no byte is looked at again for each piece. */
  #from = 0;

  get hasFold(): boolean {
    return fold.test(this.rest().toString('latin1'));
  }

  add(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      // Twice as much as is needed, once there is a second piece: most answers come in one.
      const room = Buffer.allocUnsafe(this.#length === 0 ? length : 2 * length);
      this.#bytes.copy(room, 0, 0, this.#length);
      this.#bytes = room;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** The next head that is whole, each fold a space; null where more must come. */
  next(): Buffer | null {
    for (let at = this.#lineFeed(this.#from); at !== -1; at = this.#lineFeed(at + 1)) {
      const end = this.#emptyLineEnd(at + 1);
      if (end !== null) return this.#take(at, end);
    }
    // Of a line feed before these two bytes it is known what follows.
    this.#from = Math.max(0, this.#length - 2);
    return null;
  }

  /** All that no head was made of. */
  rest(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #lineFeed(from: number): number {
    return this.rest().indexOf(lineFeed, from);
  }

  /** Where the empty line that begins at `start` is over; null where there is none. */
  #emptyLineEnd(start: number): number | null {
    const at = this.#bytes[start] === carriageReturn ? start + 1 : start;
    return at < this.#length && this.#bytes[at] === lineFeed ? at + 1 : null;
  }

  #take(lastLineFeed: number, end: number): Buffer {
    const lineEnd = this.#bytes[lastLineFeed - 1] === carriageReturn ? lastLineFeed - 1 : lastLineFeed;
    const lines = this.#bytes.toString('latin1', 0, lineEnd).replace(folds, ' ');
    const head = Buffer.from(lines + this.#bytes.toString('latin1', lineEnd, end), 'latin1');
    this.#bytes = this.#bytes.subarray(end);
    this.#length -= end;
    this.#from = 0;
    return head;
  }
}
