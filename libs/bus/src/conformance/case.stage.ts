/** The conformance cases as data, a name and what must hold, so that broken engines can be put to them too. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableLog, TopicSettings } from '../log.ts';
import type { LogEngine, LogStorage, OpenedLog, Trait } from './engine.stage.ts';

const pollMs = 5;

/** What a case works with; its names are its own. */
export class CaseContext {
  readonly #engine: LogEngine;
  readonly #storage: LogStorage;
  readonly #suffix: string;

  constructor(engine: LogEngine, storage: LogStorage, suffix: string) {
    this.#engine = engine;
    this.#storage = storage;
    this.#suffix = suffix;
  }

  /** A process that opens the storage; see `LogStorage.open`. */
  open({ clockAheadMs = 0 } = {}): Promise<OpenedLog> {
    return this.#storage.open(clockAheadMs);
  }

  /** Opens a log that has `topics`. */
  async openWith(topics: readonly TopicSettings[]): Promise<OpenedLog & { readonly log: DurableLog }> {
    const opened = await this.open();
    await opened.log.ensureTopics(topics);
    return opened;
  }

  /** A name of a topic or a group that no other case uses. */
  name(name: string): string {
    return `${name}-${this.#suffix}`;
  }

  topic(name: string, partitionCount = 1): TopicSettings {
    return { name: this.name(name), partitionCount, retention: { compacted: false, retentionMs: 3_600_000 } };
  }

  table(name: string, partitionCount = 1): TopicSettings {
    return { name: this.name(name), partitionCount, retention: { compacted: true } };
  }

  /** @throws when `condition` does not become true in time. `what` says what was waited for. */
  async eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const givenUpAt = performance.now() + this.#engine.patienceMs;
    while (!(await condition())) {
      if (performance.now() > givenUpAt) throw new Error(`waited in vain: ${what}`);
      await sleep(pollMs);
    }
  }

  /** Lets pass the time in which something wrong would have happened. */
  async quiet(): Promise<void> {
    await sleep(this.#engine.quietMs);
  }
}

export interface ConformanceCase {
  /** A sentence on what an engine does. */
  readonly name: string;
  readonly needs?: readonly Trait[];
  /** @throws when the engine does not. */
  run(context: CaseContext): Promise<void>;
}

let caseCount = 0;

/** Runs one case on a storage of its own. @throws what the case throws. */
export async function runCase(engine: LogEngine, conformanceCase: ConformanceCase): Promise<void> {
  const storage = await engine.createStorage();
  try {
    caseCount++;
    await conformanceCase.run(
      new CaseContext(engine, storage, `${process.pid}-${Date.now().toString(36)}-${caseCount}`),
    );
  } finally {
    await storage.remove();
  }
}
