/** Hands every record of some topics to one listener, without a group. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusUnavailableError } from '../errors.ts';
import type { Follower, LogRecord } from '../log.ts';
import type { Subscription } from './fetch-loops.ts';
import { offsetOf, type PartitionName } from './partition-log.ts';
import type { LogParts } from './task-session.ts';

const againMs = 250;

export interface KafkaFollowerOptions {
  readonly parts: Pick<LogParts, 'control' | 'loops' | 'catalogue'>;
  readonly topics: readonly string[];
  readonly from: 'start' | 'now';
  readonly handle: (records: readonly LogRecord[]) => void;
  readonly onFailure: (error: unknown) => void;
}

export class KafkaFollower implements Follower {
  readonly caughtUp: Promise<void>;
  readonly #options: KafkaFollowerOptions;
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #subscriptions: Subscription[] = [];
  #behindCount: number;
  #closed = false;

  constructor(options: KafkaFollowerOptions) {
    this.#options = options;
    this.caughtUp = this.#caughtUp.promise;
    // Whoever does not wait for it need not hear that it never came.
    this.caughtUp.catch(() => undefined);
    const followed = options.topics.flatMap((topic) =>
      Array.from({ length: options.parts.catalogue.partitionCount(topic) }, (_, partition) => ({ topic, partition })),
    );
    this.#behindCount = followed.length;
    for (const name of followed) void this.#begin(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const subscription of this.#subscriptions) this.#options.parts.loops.remove(subscription);
    this.#caughtUp.reject(new BusUnavailableError('The follower was closed before it had caught up'));
    return Promise.resolve();
  }

  /** Tries until the ends of the partition are known. */
  async #begin(name: PartitionName): Promise<void> {
    while (!this.#closed) {
      try {
        return await this.#subscribe(name);
      } catch (error) {
        this.#options.onFailure(error);
        await sleep(againMs);
      }
    }
  }

  async #subscribe(name: PartitionName): Promise<void> {
    const { parts, from } = this.#options;
    const end = await offsetOf(parts.control, name, 'end');
    const offset = from === 'now' ? end : await offsetOf(parts.control, name, 'first');
    if (this.#closed) return;
    let isBehind = offset < end;
    if (!isBehind) this.#oneCaughtUp();
    const subscription: Subscription = {
      ...name,
      offset,
      readUntil: -Infinity,
      wants: () => true,
      deliver: (records) => {
        if (records.length > 0) this.#handle(records);
        if (!isBehind || subscription.offset < end) return;
        isBehind = false;
        this.#oneCaughtUp();
      },
    };
    this.#subscriptions.push(subscription);
    parts.loops.add(subscription);
  }

  /** What a listener throws is reported; it has had its records. */
  #handle(records: readonly LogRecord[]): void {
    try {
      this.#options.handle(records);
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #oneCaughtUp(): void {
    this.#behindCount--;
    if (this.#behindCount === 0) this.#caughtUp.resolve();
  }
}
