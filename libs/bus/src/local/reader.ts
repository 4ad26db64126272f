/**
 * Reads one partition for one consumer: from memory what has just been committed, from the store what lies further
 * back. A consumer that does not keep up costs no more memory than the limits; the rest waits in the store.
 */
import type { LogRecord } from '../log.ts';
import { parseRecordText } from './record-text.ts';
import type { Store, StoredRow } from './store.ts';
import type { TopicPartition, TopicTable } from './topic-table.ts';

/** Characters of unread records that one reader keeps in memory. */
const readerCharactersMax = 4 * 1_024 * 1_024;
/** Characters of unread records that all readers of a log keep in memory together. */
const readersCharactersMax = 64 * 1_024 * 1_024;
/** One take from a reader; whoever wants more comes again. */
const takenRecordsMax = 2_000;
const takenCharactersMax = 4 * 1_024 * 1_024;
/** What a record costs beside its texts. */
const recordCharacters = 200;

function charactersOf({ key, value }: Pick<LogRecord, 'key' | 'value'>): number {
  return recordCharacters + key.length + (value?.length ?? 0);
}

/** What all readers of one log keep in memory together. */
export class ReaderBudget {
  #characters = 0;

  get characters(): number {
    return this.#characters;
  }

  tryTake(characters: number): boolean {
    if (this.#characters + characters > readersCharactersMax) return false;
    this.#characters += characters;
    return true;
  }

  give(characters: number): void {
    this.#characters -= characters;
  }
}

export interface ReaderSource {
  readonly store: Store;
  readonly topics: TopicTable;
  readonly budget: ReaderBudget;
  /** A row whose checksum does not fit; it is passed over. */
  readonly onDamaged: (where: TopicPartition & { readonly offset: number }) => void;
}

export class PartitionReader {
  readonly topic: string;
  readonly partition: number;
  readonly #source: ReaderSource;
  /** The offset of the next record to hand over. */
  #position: number;
  /** Unread records, without a gap from `#position` on. */
  #buffer: LogRecord[] = [];
  #bufferCharacters = 0;
  /** Whether there is something behind the buffer that only the store has. */
  #behind: boolean;

  constructor({ topic, partition }: TopicPartition, position: number, source: ReaderSource) {
    this.topic = topic;
    this.partition = partition;
    this.#source = source;
    this.#position = position;
    this.#behind = position < source.topics.end(topic, partition);
  }

  get position(): number {
    return this.#position;
  }

  get hasMore(): boolean {
    return this.#behind || this.#buffer.length > 0;
  }

  /** Takes note of records that were just committed. */
  arrive(records: readonly LogRecord[]): void {
    if (this.#behind) return;
    for (const record of records) {
      if (record.offset < this.#position) continue;
      const characters = charactersOf(record);
      if (!this.#hasRoom(characters)) {
        this.#behind = true;
        return;
      }
      this.#buffer.push(record);
      this.#bufferCharacters += characters;
    }
  }

  /** The next records, at most `takenRecordsMax` of them; none when there is nothing unread. */
  async take(): Promise<readonly LogRecord[]> {
    if (this.#buffer.length > 0) return this.#takeBuffered();
    return this.#behind ? await this.#takeStored() : [];
  }

  /** Gives back its memory. */
  close(): void {
    this.#source.budget.give(this.#bufferCharacters);
    this.#buffer = [];
    this.#bufferCharacters = 0;
    this.#behind = true;
  }

  #hasRoom(characters: number): boolean {
    if (this.#bufferCharacters + characters > readerCharactersMax) return false;
    return this.#source.budget.tryTake(characters);
  }

  #takeBuffered(): readonly LogRecord[] {
    const taken = this.#buffer.length <= takenRecordsMax ? this.#buffer : this.#buffer.slice(0, takenRecordsMax);
    this.#buffer = taken === this.#buffer ? [] : this.#buffer.slice(takenRecordsMax);
    const isAll = this.#buffer.length === 0;
    const characters = isAll ? this.#bufferCharacters : taken.reduce((sum, one) => sum + charactersOf(one), 0);
    this.#bufferCharacters -= characters;
    this.#source.budget.give(characters);
    this.#position = (taken.at(-1)?.offset ?? this.#position) + 1;
    return taken;
  }

  async #takeStored(): Promise<readonly LogRecord[]> {
    const { store, topics } = this.#source;
    const { topic, partition } = this;
    const { rows, next } = await store.read({
      topic,
      partition,
      from: this.#position,
      to: topics.end(topic, partition),
      rowsMax: takenRecordsMax,
      charactersMax: takenCharactersMax,
    });
    this.#position = next;
    this.#behind = next < topics.end(topic, partition);
    return rows.flatMap((row) => this.#record(row) ?? []);
  }

  #record({ offset, at, text }: StoredRow): LogRecord | null {
    const { topic, partition } = this;
    if (text !== null) return { topic, partition, offset, appendedAt: at, ...parseRecordText(text) };
    this.#source.onDamaged({ topic, partition, offset });
    return null;
  }
}
