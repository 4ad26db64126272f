/** The script by which monitors' sites fail and heal: the truth that the pages are compared with. */
import { setTimeout as delay } from 'node:timers/promises';
import { seededNumbers } from '../e2e/seeded.ts';
import { between, pick } from './seeded-choice.ts';
import { everyone, siteFaults, type Sites } from './sites.ts';

const secondMs = 1_000;
/** An outage lasts long enough to be confirmed even where a fault holds up its partition. */
const outageMs = { min: 75 * secondMs, max: 120 * secondMs };
/** A site is healthy long enough for its incident to be resolved before it fails again. */
const healthyMs = { min: 75 * secondMs, max: 140 * secondMs };
/** Spread over a whole cycle, so that at any time some fail, some are down and some heal. */
const firstMs = { min: 5 * secondMs, max: 200 * secondMs };
/** This share of the failures is seen by one region only, and must page nobody. */
const oneRegionShare = 0.25;

export interface Failure {
  readonly monitorId: string;
  readonly seenBy: string;
  readonly from: number;
  /** Null while it lasts. */
  to: number | null;
}

export interface ScriptSettings {
  readonly seed: number;
  readonly sites: Sites;
  /** By site. */
  readonly monitorIds: readonly string[];
  readonly regions: readonly string[];
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
    this.#played = Promise.all(settings.monitorIds.map((_, site) => this.#play(site)));
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

  async #play(site: number): Promise<void> {
    const random = seededNumbers(this.#settings.seed * 10_007 + site);
    await this.#pause(between(firstMs, random));
    while (!this.#ending.signal.aborted) {
      await this.#failOnce(site, random);
      await this.#pause(between(healthyMs, random));
    }
  }

  async #failOnce(site: number, random: () => number): Promise<void> {
    const { sites, monitorIds, regions, signal } = this.#settings;
    const seenBy = random() < oneRegionShare ? pick(regions, random) : everyone;
    const failure: Failure = { monitorId: monitorIds[site] ?? '', seenBy, from: Date.now(), to: null };
    sites.fail(site, { fault: pick(siteFaults, random), seenBy });
    this.failures.push(failure);
    await delay(outageMs.min, undefined, { signal });
    await this.#pause(between(outageMs, random) - outageMs.min);
    failure.to = Date.now();
    sites.heal(site);
  }

  /** Cut short by the end of the script. @throws AbortError where everything ends */
  async #pause(durationMs: number): Promise<void> {
    const { signal } = this.#settings;
    const either = AbortSignal.any([signal, this.#ending.signal]);
    await delay(durationMs, undefined, { signal: either }).catch(() => signal.throwIfAborted());
  }
}
