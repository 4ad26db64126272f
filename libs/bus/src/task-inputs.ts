/** What arrives for one task, of all its topics together. */
import type { Instant } from '@quorate/contracts';
import type { LogRecord } from './log.ts';
import type { Taken } from './task-runner.ts';

/** One topic's partition, as far as it has arrived. */
export interface TaskInput {
  readonly topic: string;
  /** The offset behind everything that was taken. */
  readonly position: number;
  readonly hasMore: boolean;
  /** All that was there at this time has arrived. Infinity: nothing can be there unseen. */
  readonly heardUntil: Instant;
  /** As much as one step is given. */
  take(): readonly LogRecord[];
  close(): void;
}

export class TaskInputs {
  readonly #streams: readonly string[];
  readonly #inputs: TaskInput[] = [];

  /** @param streams whose positions the group keeps; of the other topics none is kept. */
  constructor(streams: readonly string[]) {
    this.#streams = streams;
  }

  get hasMore(): boolean {
    return this.#inputs.some(({ hasMore }) => hasMore);
  }

  add(input: TaskInput): void {
    this.#inputs.push(input);
  }

  take(): Taken {
    const records = new Map<string, readonly LogRecord[]>();
    for (const input of this.#inputs) {
      const taken = input.take();
      if (taken.length > 0) records.set(input.topic, taken);
    }
    const streams = this.#inputs.filter(({ topic }) => this.#streams.includes(topic));
    const positions = Object.fromEntries(streams.map(({ topic, position }) => [topic, position]));
    const heardUntil = Math.min(...streams.map((stream) => stream.heardUntil));
    return { records, positions, more: this.hasMore, heardUntil };
  }

  close(): void {
    for (const input of this.#inputs) input.close();
  }
}
