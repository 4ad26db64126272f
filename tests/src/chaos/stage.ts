/**
 * What every trial watches: sites that fail by a script, a monitor of each, a stand-in for PagerDuty, and one for
 * whoever waits for a sign of life.
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
import { countPages, type HeardEvent, type PageCount } from './pages.ts';
import { Script } from './script.ts';
import { Sites } from './sites.ts';

export const intervalMs = 15_000;
/** Sites answer at once; this is how late a busy machine's votes may come and still count. */
const timeoutSeconds = 5;
const upMsMax = 180_000;
/** How long pages and resolves may take to come after the last fault and the last outage. */
const drainMsMax = 180_000;
/** Late and doubled ones would be seen by then. */
const quietMs = 30_000;
/** How often the dead man's switch gives a sign of life. */
export const beatSeconds = 10;
/** So many at a time are created, as a script of a user's would. */
const createdAtOnce = 8;

export interface StageSettings {
  readonly seed: number;
  readonly monitorCount: number;
  readonly regions: readonly string[];
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
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
    const { seed, monitorCount, regions, signal, tell } = this.#settings;
    await client.setDeadMansSwitch({ url: this.#parts.receiver.url, intervalSeconds: beatSeconds });
    const monitorIds = await this.#addMonitors(client);
    tell(`${monitorCount} monitors added; waiting until all are up`);
    await until(async () => (await this.#upCount(client)) >= monitorCount, {
      withinMs: upMsMax,
      what: 'every monitor to be up',
      instead: () => this.#upCount(client),
      signal,
    });
    this.#script = new Script({ seed, sites: this.sites, monitorIds, regions, signal });
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
  async #addMonitors(client: RestClient): Promise<readonly string[]> {
    const ids = new Array<string>(this.#settings.monitorCount);
    const sites = ids.keys();
    const addSome = async (): Promise<void> => {
      for (const site of sites) {
        this.#settings.signal.throwIfAborted();
        const settings = { name: `Site ${site}`, intervalSeconds: intervalMs / 1_000, timeoutSeconds };
        const channelId = await client.addChannel(this.#parts.pagerDuty.url);
        ids[site] = (await client.addMonitor(this.sites.urlOf(site), [channelId], settings)).id;
      }
    };
    await Promise.all(Array.from({ length: createdAtOnce }, addSome));
    return ids;
  }

  async #upCount(client: RestClient): Promise<number> {
    return (await client.monitors()).filter(({ status }) => status === 'up').length;
  }
}
