/** Appends votes: those of one partition together, as many as have come up while the last ones were on their way. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DurableLog, OutgoingRecord } from '@quorate/bus';
import { partitionOf, type Vote } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';

const batchMax = 500;
/** Votes of one partition that wait for the log; older ones are given up first, for they are the staler. */
const waitingMax = 20_000;
const backOffFirstMs = 100;
const backOffMaxMs = 5_000;

interface Waiting {
  readonly record: OutgoingRecord;
  /** Says that the vote is durable, or given up. */
  readonly settled: () => void;
}

export class VoteOutbox {
  readonly #log: DurableLog;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting[]>();
  readonly #sending = new Map<number, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(log: DurableLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  add(vote: Vote, headers: Readonly<Record<string, string>>, settled: () => void): void {
    const partition = partitionOf(vote.monitorId, this.#log.partitionCount('votes'));
    const record = { topic: 'votes', partition, key: vote.monitorId, value: JSON.stringify(vote), headers };
    const waiting = this.#waiting.get(partition) ?? [];
    this.#waiting.set(partition, waiting);
    waiting.push({ record, settled });
    if (waiting.length > waitingMax) this.#giveUp(waiting.splice(0, waiting.length - waitingMax));
    if (!this.#sending.has(partition)) this.#send(partition, waiting);
  }

  /** Tries at once what waits for another try; resolves when each vote is durable or given up, after `ms` at most. */
  async close(ms: number): Promise<void> {
    this.#closing.abort();
    const bound = new AbortController();
    const limit = delay(ms, null, { signal: bound.signal }).catch(() => null);
    await Promise.race([Promise.all(this.#sending.values()), limit]);
    bound.abort();
  }

  #send(partition: number, waiting: Waiting[]): void {
    const sending = this.#sendAll(waiting).finally(() => this.#sending.delete(partition));
    this.#sending.set(partition, sending);
  }

  async #sendAll(waiting: Waiting[]): Promise<void> {
    // Votes that come up in the same turn of the loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    let failures = 0;
    while (waiting.length > 0) {
      const isLastTry = this.#closing.signal.aborted;
      const batch = waiting.splice(0, batchMax);
      const isWritten = await this.#append(batch, failures);
      failures = isWritten ? 0 : failures + 1;
      if (isWritten) continue;
      if (isLastTry) return;
      waiting.unshift(...batch);
      await this.#backOff(failures);
    }
  }

  async #append(batch: readonly Waiting[], failures: number): Promise<boolean> {
    try {
      await this.#log.append(batch.map(({ record }) => record));
    } catch (error) {
      // A vote may then be written twice: a repeat is nothing new to those who count.
      if (failures === 0) this.#logger.warn('Votes cannot be written and are kept', { count: batch.length, error });
      return false;
    }
    for (const { settled } of batch) settled();
    return true;
  }

  async #backOff(failures: number): Promise<void> {
    const ms = Math.min(backOffMaxMs, backOffFirstMs * 2 ** Math.min(failures, 10));
    await delay(ms, null, { signal: this.#closing.signal }).catch(() => null);
  }

  #giveUp(votes: readonly Waiting[]): void {
    this.#logger.error('Votes were given up: the log has taken none for too long', { count: votes.length });
    for (const { settled } of votes) settled();
  }
}
