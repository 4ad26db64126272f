/** The memory behind a simulated log. It outlives the processes that use it. */
import type {
  ReadAnswer,
  ReadRequest,
  Store,
  StoreAppend,
  StoreCommit,
  StoreContents,
  StoredRow,
  StoredTopic,
  Upkeep,
} from '@quorate/bus';

const tombstoneKeptMs = 86_400_000;

interface MemoryRow extends StoredRow {
  readonly text: string;
  /** For a compacted topic only. */
  readonly key: string | null;
}

/** One partition's rows by offset, in their order. */
class MemoryPartition {
  readonly rows = new Map<number, MemoryRow>();
  readonly #offsetOfKey = new Map<string, number>();
  next = 0;

  add({ texts, keys, base }: StoreAppend, at: number): void {
    for (const [index, text] of texts.entries()) {
      const key = keys?.[index] ?? null;
      if (key !== null) {
        this.rows.delete(this.#offsetOfKey.get(key) ?? -1);
        this.#offsetOfKey.set(key, base + index);
      }
      this.rows.set(base + index, { offset: base + index, at, text, key });
    }
    this.next = base + texts.length;
  }
}

export class SimulatedStorage {
  readonly #topics = new Map<string, StoredTopic>();
  readonly #partitions = new Map<string, MemoryPartition>();
  readonly #offsets = new Map<string, StoreContents['offsets'][number]>();
  #operationCount = 0;

  /** How many requests were ever made. */
  get operationCount(): number {
    return this.#operationCount;
  }

  contents(): StoreContents {
    const tails = [...this.#topics.values()].flatMap(({ name, partitionCount }) =>
      Array.from({ length: partitionCount }, (_, partition) => {
        return { topic: name, partition, next: this.#partition(name, partition).next };
      }),
    );
    return { topics: [...this.#topics.values()], tails, offsets: [...this.#offsets.values()] };
  }

  saveTopic(topic: StoredTopic): void {
    this.#operationCount++;
    this.#topics.set(topic.name, topic);
  }

  commit({ at, appends, offsets }: StoreCommit): void {
    this.#operationCount++;
    for (const append of appends) this.#partition(append.topic, append.partition).add(append, at);
    for (const offset of offsets) {
      this.#offsets.set(JSON.stringify([offset.group, offset.topic, offset.partition]), offset);
    }
  }

  read({ topic, partition, from, to, rowsMax, charactersMax }: ReadRequest): ReadAnswer {
    this.#operationCount++;
    const rows: MemoryRow[] = [];
    let characters = 0;
    for (const row of this.#partition(topic, partition).rows.values()) {
      if (row.offset < from || row.offset >= to) continue;
      rows.push(row);
      characters += row.text.length;
      if (rows.length >= rowsMax || characters > charactersMax) return { rows, next: row.offset + 1 };
    }
    return { rows, next: to };
  }

  last(topic: string, partition: number): StoredRow | null {
    this.#operationCount++;
    return [...this.#partition(topic, partition).rows.values()].at(-1) ?? null;
  }

  maintain({ now, floors }: Upkeep): void {
    for (const { name, partitionCount, retentionMs } of this.#topics.values()) {
      for (let partition = 0; partition < partitionCount; partition++) {
        if (retentionMs !== null) this.#drop(name, partition, ({ at }) => at < now - retentionMs);
      }
    }
    for (const { topic, partition, floor } of floors) {
      const isOld = ({ offset, at, text }: MemoryRow) =>
        offset < floor && at < now - tombstoneKeptMs && !text.includes('\n');
      this.#drop(topic, partition, isOld);
    }
  }

  #drop(topic: string, partition: number, isOld: (row: MemoryRow) => boolean): void {
    const { rows } = this.#partition(topic, partition);
    for (const row of rows.values()) if (isOld(row)) rows.delete(row.offset);
  }

  #partition(topic: string, partition: number): MemoryPartition {
    const key = `${partition}/${topic}`;
    const found = this.#partitions.get(key) ?? new MemoryPartition();
    this.#partitions.set(key, found);
    return found;
  }
}

/** One process's way to the storage; once cut, nothing goes through any more. */
export class SimulatedStore implements Store {
  readonly contents: StoreContents;
  readonly #storage: SimulatedStorage;
  #isCut = false;

  constructor(storage: SimulatedStorage) {
    this.#storage = storage;
    this.contents = storage.contents();
  }

  cut(): void {
    this.#isCut = true;
  }

  saveTopic(topic: StoredTopic): Promise<void> {
    return this.#do(() => this.#storage.saveTopic(topic));
  }

  commit(commit: StoreCommit): Promise<void> {
    return this.#do(() => this.#storage.commit(commit));
  }

  read(request: ReadRequest): Promise<ReadAnswer> {
    return this.#do(() => this.#storage.read(request));
  }

  readLast(topic: string, partition: number): Promise<StoredRow | null> {
    return this.#do(() => this.#storage.last(topic, partition));
  }

  maintain(upkeep: Upkeep): Promise<void> {
    return this.#do(() => this.#storage.maintain(upkeep));
  }

  close(): Promise<void> {
    this.cut();
    return Promise.resolve();
  }

  /** A process that was killed waits for its answer for ever. */
  #do<Answer>(request: () => Answer): Promise<Answer> {
    return this.#isCut ? new Promise(() => undefined) : Promise.resolve().then(request);
  }
}
