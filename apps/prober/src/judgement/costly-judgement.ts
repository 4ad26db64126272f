/**
 * Judges an answer here where that is cheap, and in a thread where it might take long: patterns take time in proportion
 * to their size times the text's, documents to their length, and this thread has other probes to serve.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HttpProbe, Reason } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import { judgeAnswer, type JudgedAnswer } from './judge-answer.ts';
import { patternSize, searchedCharactersMax } from './pattern.ts';

type Expect = HttpProbe['expect'];
type Expectation = Expect['body'][number] | Expect['headers'][number] | Expect['json'][number];

export interface JudgementTask {
  readonly id: number;
  readonly expect: Expect;
  readonly answer: JudgedAnswer;
}

export interface Judgement {
  readonly id: number;
  readonly failure: { readonly reason: Reason; readonly message: string } | null;
}

/** Of a pattern's size times the text's length: about 30 ms where it goes badly. */
const cheapStepsMax = 200_000;
/** A document of this length is read in some 5 ms, whatever it holds. */
const cheapJsonCharactersMax = 64 * 1024;
/** How long one answer may take; those that wait for their turn wait as long at worst, and their votes still count. */
const judgementMsMax = 1_500;
/** Each holds a body of up to a megabyte. */
const tasksMax = 20;
const heapMegabytesMax = 128;

function sizeOfPatterns(expectations: readonly Expectation[]): number {
  let size = 0;
  for (const expectation of expectations) {
    if ('matches' in expectation) size += patternSize(expectation.matches);
    else if ('notMatches' in expectation) size += patternSize(expectation.notMatches);
  }
  return size;
}

/** Goes with the expectations: they are the same for each check of a monitor. */
const patternSizes = new WeakMap<Expect, number>();

function patternSizeOf(expect: Expect): number {
  const known = patternSizes.get(expect);
  if (known !== undefined) return known;
  const size = sizeOfPatterns(expect.body) + sizeOfPatterns(expect.headers) + sizeOfPatterns(expect.json);
  patternSizes.set(expect, size);
  return size;
}

export function isCostly(expect: Expect, { text }: JudgedAnswer): boolean {
  if (expect.json.length > 0 && text.length > cheapJsonCharactersMax) return true;
  const searched = Math.min(text.length, searchedCharactersMax);
  return patternSizeOf(expect) * searched > cheapStepsMax;
}

/** What the thread says before it takes up anything. */
export type Ready = 'ready';

interface Waiting {
  readonly task: JudgementTask;
  readonly settle: (failure: Failure | null) => void;
}

/** One for the process: judging takes a processor, and there is no use in taking more of them from the probes. */
class JudgingThread {
  /** In the order in which the thread takes them up. */
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #isReady = false;
  #timer: NodeJS.Timeout | null = null;
  #taskCount = 0;

  async judge(expect: Expect, answer: JudgedAnswer): Promise<Failure | null> {
    if (this.#waiting.size >= tasksMax) {
      return new Failure('prober.internal', 'too many answers that take long to judge came at once');
    }
    const task = { id: this.#taskCount++, expect, answer };
    return await new Promise((settle) => {
      this.#waiting.set(task.id, { task, settle });
      this.#thread().postMessage(task);
      this.#watch();
    });
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    // Under Jest the sources run as they are, built they are JavaScript: the worker is what this file is.
    const file = new URL(`./judge.worker${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(file, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax } });
    worker.on('message', (said: Judgement | Ready) => this.#hear(said));
    // It ends with its error, and is started anew by the next task.
    worker.on('error', (error: Error) =>
      this.#lose(worker, `an error ended the judgement of the answer (${error.message})`),
    );
    // After it is listened to, which would keep the process alive again.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #hear(said: Judgement | Ready): void {
    if (said === 'ready') this.#isReady = true;
    else this.#settle(said.id, said.failure === null ? null : new Failure(said.failure.reason, said.failure.message));
    this.#watch();
  }

  /** Time runs for the task that the thread is at. */
  #watch(): void {
    if (!this.#isReady || this.#timer !== null || this.#worker === null || this.#waiting.size === 0) return;
    const late = `the answer could not be judged within ${judgementMsMax} ms`;
    this.#timer = setTimeout((worker: Worker) => this.#lose(worker, late), judgementMsMax, this.#worker);
  }

  #settle(id: number, failure: Failure | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.get(id)?.settle(failure);
    this.#waiting.delete(id);
  }

  /** The thread is gone, or stuck at the oldest task; the others are for another thread. */
  #lose(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    const [first] = this.#waiting.keys();
    if (first !== undefined) this.#settle(first, new Failure('prober.internal', why));
    void worker.terminate();
    this.#worker = null;
    this.#isReady = false;
    for (const { task } of this.#waiting.values()) this.#thread().postMessage(task);
  }
}

const thread = new JudgingThread();

/** Never takes long on this thread. What cannot be judged in time is nothing that the target has done. */
export function judge(expect: Expect, answer: JudgedAnswer): Promise<Failure | null> | Failure | null {
  return isCostly(expect, answer) ? thread.judge(expect, answer) : judgeAnswer(expect, answer);
}
