/** What has been fetched of one partition for one task and not been handed over yet. */
import type { Instant } from '@quorate/contracts';
import type { LogRecord } from '../log.ts';
import type { TaskInput } from '../task-inputs.ts';
import type { FetchLoops, Subscription } from './fetch-loops.ts';
import type { PartitionName } from './partition-log.ts';

/** Characters of unread records of one partition at which no more of it are fetched. */
const bufferCharactersMax = 4 * 1024 * 1024;
/** The same for all partitions of one process together. */
const buffersCharactersMax = 64 * 1024 * 1024;
/** Records that one step is given of one topic; the rest waits for the next. */
const takenRecordsMax = 2_000;
/** What a record costs besides its texts. */
const recordCharacters = 200;

/** What all buffers of a process hold together. */
export interface Unread {
  characters: number;
}

export class InputBuffer implements TaskInput {
  readonly topic: string;
  readonly #loops: FetchLoops;
  readonly #unread: Unread;
  readonly #subscription: Subscription;
  #records: LogRecord[] = [];
  #characters = 0;
  #position: number;

  constructor(name: PartitionName, from: number, source: { readonly loops: FetchLoops; readonly unread: Unread }) {
    this.topic = name.topic;
    this.#loops = source.loops;
    this.#unread = source.unread;
    this.#position = from;
    this.#subscription = {
      ...name,
      offset: from,
      readUntil: -Infinity,
      wants: () => this.#characters < bufferCharactersMax && this.#unread.characters < buffersCharactersMax,
      deliver: (records) => this.#arrive(records),
    };
    this.#loops.add(this.#subscription);
  }

  /** The offset behind everything that was taken. */
  get position(): number {
    return this.#position;
  }

  get hasMore(): boolean {
    return this.#records.length > 0;
  }

  get heardUntil(): Instant {
    return this.#subscription.readUntil;
  }

  take(): readonly LogRecord[] {
    const taken = this.#records.splice(0, takenRecordsMax);
    this.#count(-charactersOf(taken));
    // What was fetched last may have ended in records that do not count.
    this.#position = this.#records[0]?.offset ?? this.#subscription.offset;
    return taken;
  }

  close(): void {
    this.#loops.remove(this.#subscription);
    this.#count(-this.#characters);
    this.#records = [];
  }

  #arrive(records: readonly LogRecord[]): void {
    for (const record of records) this.#records.push(record);
    this.#count(charactersOf(records));
  }

  #count(characters: number): void {
    this.#characters += characters;
    this.#unread.characters += characters;
  }
}

function charactersOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + recordCharacters + key.length + (value?.length ?? 0), 0);
}
