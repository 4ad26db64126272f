/** The store as the main thread has it: requests to the worker, answered in their order. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BusUnavailableError } from '../errors.ts';
import type {
  ReadAnswer,
  ReadRequest,
  Store,
  StoreCommit,
  StoreContents,
  StoredRow,
  StoredTopic,
  Upkeep,
} from '../local/store.ts';
import type { Envelope, Failure, Opening, Reply, Request } from './protocol.ts';
import type { SqliteStoreOptions } from './sqlite-store.ts';

export interface WorkerStoreOptions extends SqliteStoreOptions {
  /**
   * The file is no longer held. With an error the store is lost for good: its worker died, or another process has
   * become the owner of the file.
   */
  readonly onEnd: (error: Error | null) => void;
}

/** Why the file could not be opened. */
export class OpeningFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class WorkerStore implements Store {
  readonly contents: StoreContents;
  readonly installationId: string;
  readonly #worker: Worker;
  readonly #onEnd: (error: Error | null) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #requestCount = 0;
  #lost: Error | null = null;

  /** @throws OpeningFailure */
  static async open({ onEnd, ...workerData }: WorkerStoreOptions): Promise<WorkerStore> {
    // Under Jest the sources run as they are, built they are JavaScript: the worker is what this file is.
    const file = new URL(`./store.worker${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(file, { workerData, execArgv: [] });
    const opening = await new Promise<Opening>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The log's thread ended with ${code} as it began.`)));
    });
    worker.removeAllListeners('error');
    if ('opened' in opening) return new WorkerStore(worker, opening.opened, onEnd);
    await worker.terminate();
    throw new OpeningFailure(opening.failure);
  }

  private constructor(
    worker: Worker,
    { contents, installationId }: { contents: StoreContents; installationId: string },
    onEnd: (error: Error | null) => void,
  ) {
    this.contents = contents;
    this.installationId = installationId;
    this.#worker = worker;
    this.#onEnd = onEnd;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#lose(error));
    worker.on('exit', () => this.#lose(new Error('its thread has ended')));
  }

  async saveTopic(topic: StoredTopic): Promise<void> {
    await this.#ask({ kind: 'save-topic', topic });
  }

  async commit(commit: StoreCommit): Promise<void> {
    await this.#ask({ kind: 'commit', commit });
  }

  async read(request: ReadRequest): Promise<ReadAnswer> {
    return (await this.#ask({ kind: 'read', request })) as ReadAnswer;
  }

  async readLast(topic: string, partition: number): Promise<StoredRow | null> {
    return (await this.#ask({ kind: 'read-last', topic, partition })) as StoredRow | null;
  }

  async maintain(upkeep: Upkeep): Promise<void> {
    while (await this.#ask({ kind: 'maintain', upkeep }));
  }

  async close(): Promise<void> {
    if (this.#lost !== null) return;
    const closed = this.#ask({ kind: 'close' });
    this.#lost = new BusUnavailableError('The log is closed.');
    await closed;
    await this.#end(null);
  }

  /** Ends the thread wherever it is, as if the process had died. */
  async abandon(): Promise<void> {
    this.#lost = new BusUnavailableError('The log was abandoned.');
    this.#waiting.clear();
    await this.#end(null);
  }

  async #ask(request: Request): Promise<unknown> {
    if (this.#lost !== null) throw this.#lost;
    const id = this.#requestCount++;
    const reply = Promise.withResolvers<unknown>();
    this.#waiting.set(id, reply);
    this.#worker.postMessage({ id, request } satisfies Envelope);
    return await reply.promise;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('answer' in reply) {
      waiting?.resolve(reply.answer);
      return;
    }
    const { failure } = reply;
    const error = new BusUnavailableError(failure.message, { cause: failure });
    waiting?.reject(error);
    if (failure.refusal === 'ousted') this.#lose(error);
  }

  #lose(cause: Error): void {
    if (this.#lost !== null) return;
    this.#lost = new BusUnavailableError(`The log is lost: ${cause.message}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
    void this.#end(this.#lost);
  }

  async #end(error: Error | null): Promise<void> {
    await this.#worker.terminate();
    this.#onEnd(error);
  }
}
