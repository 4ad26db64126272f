/** The log's file: carries out what the main thread asks, one request after the other. Runs in the worker. */
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type {
  ReadAnswer,
  ReadRequest,
  StoreAppend,
  StoreCommit,
  StoreContents,
  StoredRow,
  StoredTopic,
  Upkeep,
} from '../local/store.ts';
import { Ballast } from './ballast.ts';
import { CompactedRows } from './compacted-rows.ts';
import { openInstallation } from './installation.ts';
import { lockDirectory } from './lock.ts';
import { StoreRefusal } from './refusal.ts';
import { prepareConnection } from './schema.ts';
import type { Segment } from './segment.ts';
import { TopicSegments } from './topic-segments.ts';
import { inTransaction } from './transaction.ts';

export interface SqliteStoreOptions {
  readonly directory: string;
  /** What the directory says that its file belongs to; null for a new one. */
  readonly installationId: string | null;
  /** How large the file may grow; null for as large as the disk. */
  readonly fileBytesMax: number | null;
}

/** SQLite's code for a full disk and for a file that reached `fileBytesMax`. */
const diskFull = 13;
/** Freed pages that are kept for new records, and how many of the others one upkeep gives back to the disk. */
const freePagesKept = 2_000;
const freePagesReturnedMax = 2_000;

interface KnownTopic extends StoredTopic {
  readonly id: number;
}

interface PlannedAppend extends StoreAppend {
  readonly topicId: number;
  /** Null for a compacted topic. */
  readonly segment: Segment | null;
}

export class SqliteStore {
  readonly installationId: string;
  readonly #lock: DatabaseSync;
  readonly #database: DatabaseSync;
  readonly #epoch: number;
  readonly #topics = new Map<string, KnownTopic>();
  readonly #segments: TopicSegments;
  readonly #compacted: CompactedRows;
  readonly #ballast: Ballast;
  readonly #readEpoch: StatementSync;
  readonly #saveTail: StatementSync;
  readonly #saveOffset: StatementSync;

  constructor({ directory, installationId, fileBytesMax }: SqliteStoreOptions) {
    this.#lock = lockDirectory(directory);
    this.#database = new DatabaseSync(join(directory, 'log.db'), { timeout: 2_000 });
    try {
      const installation = openInstallation(this.#database, installationId);
      this.installationId = installation.id;
      this.#epoch = installation.epoch;
      prepareConnection(this.#database, fileBytesMax);
      this.#readTopics();
      this.#segments = new TopicSegments(this.#database);
      this.#compacted = new CompactedRows(this.#database);
    } catch (error) {
      // A lock that outlived the failed opening would keep out the next try.
      this.close();
      throw error;
    }
    this.#ballast = new Ballast(directory);
    this.#ballast.load();
    this.#readEpoch = this.#database.prepare('SELECT epoch FROM installation');
    this.#saveTail = this.#database.prepare(
      'INSERT INTO tail(topic, p, next) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next',
    );
    this.#saveOffset = this.#database.prepare(
      'INSERT INTO consumed(grp, topic, p, off) VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET off = excluded.off',
    );
  }

  contents(): StoreContents {
    const all = <Row>(sql: string) => this.#database.prepare(sql).all() as unknown as Row[];
    return {
      topics: [...this.#topics.values()],
      tails: all(`SELECT name AS topic, p AS "partition", next FROM tail JOIN topic ON topic.id = tail.topic`),
      offsets: all(
        `SELECT grp AS "group", name AS topic, p AS "partition", off AS "offset"
         FROM consumed JOIN topic ON topic.id = consumed.topic`,
      ),
    };
  }

  saveTopic({ name, partitionCount, retentionMs }: StoredTopic): void {
    this.#database
      .prepare(
        `INSERT INTO topic(name, partitions, retention) VALUES(?, ?, ?)
         ON CONFLICT(name) DO UPDATE SET partitions = excluded.partitions, retention = excluded.retention`,
      )
      .run(name, partitionCount, retentionMs);
    this.#readTopics();
  }

  /** @throws StoreRefusal when another process has become the owner. */
  commit({ at, appends, offsets }: StoreCommit): void {
    try {
      const planned = appends.map((append) => this.#plan(append, at));
      inTransaction(this.#database, () => {
        this.#checkOwner();
        for (const append of planned) this.#insert(append, at);
        for (const { group, topic, partition, offset } of offsets) {
          this.#saveOffset.run(group, this.#topic(topic).id, partition, offset);
        }
      });
      for (const append of planned) append.segment?.inserted(append);
    } catch (error) {
      if ((error as { errcode?: number }).errcode === diskFull) this.#makeRoom(at);
      throw error;
    }
  }

  read(request: ReadRequest): ReadAnswer {
    const { id, retentionMs } = this.#topic(request.topic);
    const limits = { rowsLeft: request.rowsMax, charactersLeft: request.charactersMax };
    const source = retentionMs === null ? this.#compacted : this.#segments;
    const rows = source.read(id, request, limits);
    const isCut = limits.rowsLeft <= 0 || limits.charactersLeft < 0;
    return { rows, next: isCut ? (rows.at(-1)?.offset ?? request.from) + 1 : request.to };
  }

  readLast(topic: string, partition: number): StoredRow | null {
    const { id, retentionMs } = this.#topic(topic);
    return retentionMs === null ? this.#compacted.last(id, partition) : this.#segments.last(id, partition);
  }

  /** Whether there is more to drop; other requests may go before it. */
  maintain({ now, floors }: Upkeep): boolean {
    for (const { topic, ...floor } of floors) this.#compacted.sweep(this.#topic(topic).id, floor, now);
    const dropped = [...this.#topics.values()].filter((topic) => this.#segments.dropOldest(topic.id, topic, now));
    this.#returnFreePages();
    this.#ballast.load();
    return dropped.length > 0;
  }

  close(): void {
    this.#database.close();
    this.#lock.close();
  }

  #readTopics(): void {
    const rows = this.#database.prepare('SELECT id, name, partitions, retention FROM topic').all();
    for (const row of rows as unknown as { id: number; name: string; partitions: number; retention: number | null }[]) {
      const { id, name, partitions: partitionCount, retention: retentionMs } = row;
      this.#topics.set(name, { id, name, partitionCount, retentionMs });
    }
  }

  #topic(name: string): KnownTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new Error(`There is no topic ${name}`);
    return topic;
  }

  #plan(append: StoreAppend, at: number): PlannedAppend {
    const topic = this.#topic(append.topic);
    const segment = topic.retentionMs === null ? null : this.#segments.current(topic.id, topic, at);
    return { ...append, topicId: topic.id, segment };
  }

  #insert({ segment, ...append }: PlannedAppend, at: number): void {
    if (segment === null) this.#compacted.insert(append.topicId, append, at);
    else segment.insert(append, at);
    this.#saveTail.run(append.topicId, append.partition, append.base + append.texts.length);
  }

  #checkOwner(): void {
    const { epoch } = this.#readEpoch.get() as { epoch: number };
    if (epoch !== this.#epoch) throw new StoreRefusal('ousted', 'Another process has opened the log.');
  }

  /** The disk is full: what has outlived its retention goes at once. */
  #makeRoom(now: number): void {
    this.#ballast.drop();
    for (const topic of this.#topics.values()) this.#segments.dropOldest(topic.id, topic, now);
  }

  #returnFreePages(): void {
    const { freelist_count: free } = this.#database.prepare('PRAGMA freelist_count').get() as {
      freelist_count: number;
    };
    if (free <= freePagesKept) return;
    this.#database.exec(`PRAGMA incremental_vacuum(${Math.min(free - freePagesKept, freePagesReturnedMax)})`);
  }
}
