/**
 * What every trial watches: sites and jobs that fail by a script, a monitor of each, a stand-in for PagerDuty, and one
 * for whoever waits for a sign of life.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  startHeartbeatReceiver,
  startPagerDutyStandIn,
  type HeartbeatReceiver,
  type PagerDutyStandIn,
} from '@quorate/testing';
import type { Audit, RestClient } from '../e2e/rest-client.ts';
import { until } from '../e2e/until.ts';
import { Job } from './jobs.ts';
import { countPages, type HeardEvent, type PageCount } from './pages.ts';
import { PingGate } from './ping-gate.ts';
import { Script } from './script.ts';
import { Sites } from './sites.ts';
import type { Subject } from './subject.ts';

export const intervalMs = 15_000;
/** Sites answer at once; the time-out is how late a busy machine's votes may come and still count. */
const rhythm = { intervalSeconds: intervalMs / 1_000, timeoutSeconds: 5 } as const;
const upMsMax = 180_000;
/** How long pages and resolves may take to come after the last fault and the last outage. */
const drainMsMax = 180_000;
/** Late and doubled ones would be seen by then. */
const quietMs = 30_000;
/** How often the dead man's switch gives a sign of life. */
export const beatSeconds = 10;
/** So many at a time are created, as a script of a user's would. */
const createdAtOnce = 8;
/** Every so-manieth monitor watches a job that pings, the others a site each. */
const jobEvery = 5;

export interface StageSettings {
  readonly seed: number;
  readonly monitorCount: number;
  readonly regions: readonly string[];
  /** Where the API is just now. */
  readonly apiUrls: () => readonly string[];
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

interface Place {
  readonly index: number;
  readonly channelId: string;
}

interface StageParts {
  readonly sites: Sites;
  readonly pagerDuty: PagerDutyStandIn;
  readonly receiver: HeartbeatReceiver;
}

/** What the stage saw once the last outage was over. */
export interface Aftermath {
  readonly pages: PageCount;
  readonly heard: readonly HeardEvent[];
  /** When the dead man's switch gave a sign of life. */
  readonly beats: readonly number[];
  /** What the auditor says, of which pass. */
  readonly audit: Audit;
}

export class Stage {
  readonly #parts: StageParts;
  readonly #settings: StageSettings;
  /** Ends the jobs. */
  readonly #closing = new AbortController();
  #script: Script | null = null;

  private constructor(settings: StageSettings, parts: StageParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  static async set(settings: StageSettings): Promise<Stage> {
    const [sites, pagerDuty, receiver] = await Promise.all([
      Sites.start(),
      startPagerDutyStandIn(),
      startHeartbeatReceiver(),
    ]);
    return new Stage(settings, { sites, pagerDuty, receiver });
  }

  get sites(): Sites {
    return this.#parts.sites;
  }

  /** Adds the monitors and, once all are up, begins the script. */
  async begin(client: RestClient): Promise<void> {
    const { seed, monitorCount, signal, tell } = this.#settings;
    await client.setDeadMansSwitch({ url: this.#parts.receiver.url, intervalSeconds: beatSeconds });
    const subjects = await this.#addMonitors(client);
    const jobCount = subjects.filter(({ kind }) => kind === 'job').length;
    tell(`${monitorCount} monitors added, ${jobCount} of them of jobs that ping; waiting until all are up`);
    await until(async () => (await this.#upCount(client)) >= monitorCount, {
      withinMs: upMsMax,
      what: 'every monitor to be up',
      instead: () => this.#upCount(client),
      signal,
    });
    this.#script = new Script({ seed, subjects, signal });
  }

  /** Ends the script, waits for what is still to come, and listens for what should not. */
  async end(client: RestClient): Promise<Aftermath> {
    const { signal, tell } = this.#settings;
    tell('no more faults; the last outages end');
    await this.#script?.end();
    const drainedAt = Date.now() + drainMsMax;
    while (this.#count().lost.length > 0 && Date.now() < drainedAt) await delay(500, undefined, { signal });
    tell(`waiting ${quietMs / 1_000} s for pages that come late or twice`);
    await delay(quietMs, undefined, { signal });
    const beats = this.#parts.receiver.beats.map(({ at }) => at);
    return { pages: this.#count(), heard: this.#heard(), beats, audit: await client.audit() };
  }

  /** What failed and when, for the report. */
  get failures(): Script['failures'] {
    return this.#script?.failures ?? [];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const { sites, pagerDuty, receiver } = this.#parts;
    await Promise.all([sites.close(), pagerDuty.close(), receiver.close()]);
  }

  #heard(): readonly HeardEvent[] {
    return this.#parts.pagerDuty.calls
      .filter(({ taken }) => taken)
      .map(({ at, event }) => ({ at, action: event.event_action, dedupKey: event.dedup_key }));
  }

  #count(): PageCount {
    return countPages(this.#script?.outages ?? [], this.#heard(), { earlyMsMax: intervalMs });
  }

  /** Each with a channel of its own, so that neither a channel's budget nor its storm brake has a say in the count. */
  async #addMonitors(client: RestClient): Promise<readonly Subject[]> {
    const { monitorCount, apiUrls } = this.#settings;
    const gate = new PingGate(apiUrls);
    const subjects = new Array<Subject>(monitorCount);
    const indices = subjects.keys();
    const addSome = async (): Promise<void> => {
      for (const index of indices) {
        this.#settings.signal.throwIfAborted();
        const channelId = await client.addChannel(this.#parts.pagerDuty.url);
        const isJob = index % jobEvery === jobEvery - 1;
        subjects[index] = isJob
          ? await this.#addJob(client, gate, { index, channelId })
          : await this.#addSite(client, { index, channelId });
      }
    };
    await Promise.all(Array.from({ length: createdAtOnce }, addSome));
    return subjects;
  }

  async #addSite(client: RestClient, { index, channelId }: Place): Promise<Subject> {
    const settings = { name: `Site ${index}`, ...rhythm };
    const { id } = await client.addMonitor(this.sites.urlOf(index), [channelId], settings);
    return this.sites.subject(index, id, this.#settings.regions);
  }

  #addJob(client: RestClient, gate: PingGate, { index, channelId }: Place): Promise<Subject> {
    const signal = AbortSignal.any([this.#settings.signal, this.#closing.signal]);
    return Job.begin({ client, gate, name: `Job ${index}`, channelId, signal, ...rhythm });
  }

  async #upCount(client: RestClient): Promise<number> {
    return (await client.monitors()).filter(({ status }) => status === 'up').length;
  }
}
