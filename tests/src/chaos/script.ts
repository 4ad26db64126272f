/** The script by which what is watched fails and heals: the truth that the pages are compared with. */
import { setTimeout as delay } from 'node:timers/promises';
import { seededNumbers } from '../e2e/seeded.ts';
import { between } from './seeded-choice.ts';
import { everyone, type Subject } from './subject.ts';

const secondMs = 1_000;
/** An outage lasts long enough to be confirmed even where a fault holds up its partition. */
const outageMs = { min: 75 * secondMs, max: 120 * secondMs };
/** What is watched is healthy long enough for its incident to be resolved before it fails again. */
const healthyMs = { min: 75 * secondMs, max: 140 * secondMs };
/** Spread over a whole cycle, so that at any time some fail, some are down and some heal. */
const firstMs = { min: 5 * secondMs, max: 200 * secondMs };

export interface Failure {
  readonly monitorId: string;
  /** Of what kind of subject. */
  readonly kind: string;
  readonly seenBy: string;
  readonly from: number;
  /** Null while it lasts. */
  to: number | null;
}

export interface ScriptSettings {
  readonly seed: number;
  readonly subjects: readonly Subject[];
  /** Once aborted everything ends where it is. */
  readonly signal: AbortSignal;
}

export class Script {
  readonly failures: Failure[] = [];
  readonly #settings: ScriptSettings;
  readonly #ending = new AbortController();
  readonly #played: Promise<unknown>;

  /** Begins at once. */
  constructor(settings: ScriptSettings) {
    this.#settings = settings;
    this.#played = Promise.all(settings.subjects.map((subject, index) => this.#play(subject, index)));
    // It is heard of at the end.
    this.#played.catch(() => undefined);
  }

  /** Nothing fails any more; what fails already heals after the shortest time that an outage takes. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#played;
  }

  /** The failures that everyone can see. */
  get outages(): readonly Failure[] {
    return this.failures.filter(({ seenBy }) => seenBy === everyone);
  }

  async #play(subject: Subject, index: number): Promise<void> {
    const random = seededNumbers(this.#settings.seed * 10_007 + index);
    await this.#pause(between(firstMs, random));
    while (!this.#ending.signal.aborted) {
      await this.#failOnce(subject, random);
      await this.#pause(between(healthyMs, random));
    }
  }

  async #failOnce(subject: Subject, random: () => number): Promise<void> {
    const { signal } = this.#settings;
    const { monitorId, kind } = subject;
    await subject.settled(signal);
    const failure: Failure = { monitorId, kind, seenBy: subject.fail(random), from: Date.now(), to: null };
    this.failures.push(failure);
    await delay(outageMs.min, undefined, { signal });
    await this.#pause(between(outageMs, random) - outageMs.min);
    await subject.settled(signal);
    failure.to = Date.now();
    subject.heal();
  }

  /** Cut short by the end of the script. @throws AbortError where everything ends */
  async #pause(durationMs: number): Promise<void> {
    const { signal } = this.#settings;
    const either = AbortSignal.any([signal, this.#ending.signal]);
    await delay(durationMs, undefined, { signal: either }).catch(() => signal.throwIfAborted());
  }
}
