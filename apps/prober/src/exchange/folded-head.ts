/**
 * Unfolds header lines that go on in the next one, which llhttp refuses: a sender may no longer write them, and whoever
 * reads an answer has to take each fold for spaces (RFC 9112, section 5.2). Knows nothing of sockets.
 */

const emptyLine = /\r?\n\r?\n/;
const fold = /\r?\n[\t ]+/;
const folds = new RegExp(fold, 'g');
const lineFeed = 0x0a;

export class FoldedHead {
  #pieces: Buffer[] = [];

  get hasFold(): boolean {
    return fold.test(Buffer.concat(this.#pieces).toString('latin1'));
  }

  add(bytes: Buffer): void {
    // Bytes are only lent: the next read overwrites them.
    this.#pieces.push(Buffer.from(bytes));
  }

  /** The next head that is whole, each fold a space; null where more must come. */
  next(): Buffer | null {
    // A head can only end in a piece that ends a line.
    if (this.#pieces.at(-1)?.includes(lineFeed) !== true) return null;
    const text = this.rest().toString('latin1');
    const end = emptyLine.exec(text);
    const length = end === null ? 0 : end.index + end[0].length;
    this.add(Buffer.from(text.slice(length), 'latin1'));
    return end === null ? null : Buffer.from(text.slice(0, end.index).replace(folds, ' ') + end[0], 'latin1');
  }

  /** All that no head was made of. */
  rest(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return bytes;
  }
}
