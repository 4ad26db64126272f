/** Many appends at once to few partitions, and a check of what became of each: for trials in which brokers fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusUnavailableError } from '../errors.ts';
import type { DurableLog, LogRecord } from '../log.ts';

const partitionCount = 3;
const writerCount = 24;
const pauseMs = 5;

export class AppendStorm {
  readonly #log: DurableLog;
  readonly #topic: string;
  readonly #acknowledged = new Set<string>();
  readonly #unclear = new Set<string>();
  #blowing = true;
  #writers: Promise<unknown> = Promise.resolve();

  constructor(log: DurableLog, topic: string) {
    this.#log = log;
    this.#topic = topic;
  }

  async begin(): Promise<void> {
    await this.#log.ensureTopics([
      { name: this.#topic, partitionCount, retention: { compacted: false, retentionMs: 3_600_000 } },
    ]);
    this.#writers = Promise.all(Array.from({ length: writerCount }, (_, writer) => this.#write(writer)));
  }

  /** Ends the storm and tells of every record what should not be: empty lists when all is well. */
  async verdict(): Promise<{ lost: string[]; doubled: string[]; unknown: string[]; appendedCount: number }> {
    this.#blowing = false;
    await this.#writers;
    const found: string[] = [];
    const keep = (records: readonly LogRecord[]) => records.forEach(({ value }) => found.push(value ?? ''));
    const follower = this.#log.follow([this.#topic], 'start', keep);
    await follower.caughtUp;
    await follower.close();
    const times = Map.groupBy(found, (value) => value);
    return {
      lost: [...this.#acknowledged].filter((value) => !times.has(value)),
      doubled: [...times].filter(([, { length }]) => length > 1).map(([value]) => value),
      unknown: found.filter((value) => !this.#acknowledged.has(value) && !this.#unclear.has(value)),
      appendedCount: this.#acknowledged.size,
    };
  }

  /** Several writers share each partition, so their appends are under way together. */
  async #write(writer: number): Promise<void> {
    const partition = writer % partitionCount;
    for (let number = 0; this.#blowing; number++) {
      const value = `${writer}:${number}`;
      try {
        await this.#log.append([{ topic: this.#topic, partition, key: String(writer), value }]);
        this.#acknowledged.add(value);
      } catch (error) {
        if (!(error instanceof BusUnavailableError)) throw error;
        this.#unclear.add(value);
      }
      await sleep(pauseMs);
    }
  }
}
