/** One partition as a broker keeps it: records by offset, and which of them readers may see. */
import type { LogRecord } from '@quorate/bus';

/** What was written as one; it is seen once it was committed, and never if it was aborted. */
export interface Transaction {
  state: 'open' | 'committed' | 'aborted';
}

interface Entry {
  readonly record: LogRecord;
  /** Null for a record that was appended alone. */
  readonly transaction: Transaction | null;
}

export interface Visible {
  readonly records: readonly LogRecord[];
  /** Where the next read goes on. */
  readonly next: number;
}

export class PartitionRecords {
  #entries: Entry[] = [];
  #end = 0;
  /** Open transactions with the offset of their first record here. */
  readonly #open = new Map<Transaction, number>();

  /** The offset that the next record gets. */
  get end(): number {
    return this.#end;
  }

  /** Readers see nothing from here on: a transaction is open, or there is nothing. */
  get stableEnd(): number {
    return this.#open.size === 0 ? this.#end : Math.min(...this.#open.values());
  }

  append(record: Omit<LogRecord, 'offset'>, transaction: Transaction | null): LogRecord {
    const written: LogRecord = { ...record, offset: this.#end++ };
    this.#entries.push({ record: written, transaction });
    if (transaction !== null && !this.#open.has(transaction)) this.#open.set(transaction, written.offset);
    return written;
  }

  /** A transaction was committed or aborted. */
  ended(transaction: Transaction): void {
    this.#open.delete(transaction);
  }

  /** What readers may see from `from` on, at most `countMax` records and nothing at `until` or behind it. */
  read(from: number, until: number, countMax: number): Visible {
    const records: LogRecord[] = [];
    const end = Math.min(until, this.stableEnd);
    for (let index = this.#indexOf(from); index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.record.offset >= end) break;
      if (records.length >= countMax) return { records, next: entry.record.offset };
      if (isVisible(entry)) records.push(entry.record);
    }
    return { records, next: Math.max(from, end) };
  }

  /** The newest record that readers may see. */
  last(): LogRecord | null {
    const end = this.stableEnd;
    return this.#entries.findLast((entry) => entry.record.offset < end && isVisible(entry))?.record ?? null;
  }

  /** Drops what a newer record of the same key has replaced, and what was aborted. */
  compact(): void {
    const end = this.stableEnd;
    const newest = new Map<string, number>();
    for (const entry of this.#entries) {
      if (entry.record.offset < end && isVisible(entry)) newest.set(entry.record.key, entry.record.offset);
    }
    this.#entries = this.#entries.filter(
      ({ record }) => record.offset >= end || newest.get(record.key) === record.offset,
    );
  }

  /** The place of the first entry at `offset` or behind it. */
  #indexOf(offset: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.record.offset ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isVisible({ transaction }: Entry): boolean {
  return transaction === null || transaction.state === 'committed';
}
