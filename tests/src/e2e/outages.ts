/** Sites that break and heal again and again, each with a PagerDuty of its own that counts what it hears. */
import { setTimeout as delay } from 'node:timers/promises';
import { startPagerDutyStandIn, startTarget, type PagerDutyStandIn, type Target } from '@quorate/testing';
import type { RestClient } from './rest-client.ts';
import { until } from './until.ts';

/** Only the count is judged: a machine that keeps dying is slow. */
const pageMsMax = 180_000;

export interface OutageCount {
  /** How often the site broke. */
  readonly outages: number;
  /** The incidents that PagerDuty heard of, by their key. */
  readonly triggered: readonly string[];
  readonly resolved: readonly string[];
  /** Sends beyond the first of one incident's trigger or resolve: PagerDuty drops them by their key. */
  readonly repeats: number;
}

function keysOf(pagerDuty: PagerDutyStandIn, action: 'trigger' | 'resolve'): string[] {
  return [...new Set(pagerDuty.of(action).map((event) => event.dedup_key))];
}

interface SiteParts {
  readonly client: RestClient;
  readonly monitorId: string;
  readonly target: Target;
  readonly pagerDuty: PagerDutyStandIn;
}

export class BreakingSite {
  readonly #client: RestClient;
  readonly #monitorId: string;
  readonly #target: Target;
  readonly #pagerDuty: PagerDutyStandIn;
  #outageCount = 0;

  private constructor({ client, monitorId, target, pagerDuty }: SiteParts) {
    this.#client = client;
    this.#monitorId = monitorId;
    this.#target = target;
    this.#pagerDuty = pagerDuty;
  }

  static async start(client: RestClient): Promise<BreakingSite> {
    const [target, pagerDuty] = await Promise.all([startTarget(), startPagerDutyStandIn()]);
    const { id } = await client.addMonitor(target.url, [await client.addChannel(pagerDuty.url)]);
    await client.untilStatus(id, 'up', 30_000);
    return new BreakingSite({ client, monitorId: id, target, pagerDuty });
  }

  /** Down for two of three regions until the page is there, then healed until the resolve is. */
  async breakOnce(healAfterMs: number): Promise<void> {
    this.#outageCount++;
    const count = this.#outageCount;
    this.#target.failFor(['eu', 'us']);
    await this.#heard('trigger', count);
    await delay(healAfterMs);
    this.#target.heal();
    await this.#heard('resolve', count);
  }

  count(): OutageCount {
    const [triggered, resolved] = [keysOf(this.#pagerDuty, 'trigger'), keysOf(this.#pagerDuty, 'resolve')];
    const repeats = this.#pagerDuty.events.length - triggered.length - resolved.length;
    return { outages: this.#outageCount, triggered, resolved, repeats };
  }

  async close(): Promise<void> {
    await Promise.all([this.#target.close(), this.#pagerDuty.close()]);
  }

  /** What there is to look at when PagerDuty did not hear in time. */
  async #story(): Promise<object> {
    const events = this.#pagerDuty.calls.map(({ at, event }) => [new Date(at), event.event_action, event.dedup_key]);
    const rounds = (await this.#client.rounds(this.#monitorId))
      .slice(0, 12)
      .map(({ dueAt, kind, verdict, votes }) => [
        dueAt,
        kind,
        verdict,
        votes.map(({ region, outcome, reason }) => `${region} ${outcome} ${reason}`).join(', '),
      ]);
    const incidents = (await this.#client.incidents(this.#monitorId)).slice(0, 3).map(({ id, status }) => [id, status]);
    return { monitor: await this.#client.monitor(this.#monitorId), events, incidents, rounds };
  }

  async #heard(action: 'trigger' | 'resolve', count: number): Promise<void> {
    await until(() => keysOf(this.#pagerDuty, action).length >= count, {
      withinMs: pageMsMax,
      what: `the ${action} of outage ${count}`,
      instead: () => this.#story(),
    });
  }
}

export interface Drill {
  readonly sites: readonly BreakingSite[];
  /** From 0 up to 1, the same in every run. */
  readonly random: () => number;
  readonly kills: number;
  /** Between one kill and the next. */
  readonly gapMs: { readonly min: number; readonly max: number };
  /** Kills something and starts it again. */
  readonly kill: (index: number) => Promise<void>;
}

/** Sites break and heal, each at its own pace, for as long as there is something to kill. */
export async function runDrill({ sites, random, kills, gapMs, kill }: Drill): Promise<void> {
  let killing = true;
  const broken = sites.map(async (site, index) => {
    await delay(index * 2_000);
    while (killing) await site.breakOnce(random() * 2_000);
  });
  for (let index = 0; index < kills; index++) {
    await delay(gapMs.min + random() * (gapMs.max - gapMs.min));
    await kill(index);
  }
  killing = false;
  await Promise.all(broken);
}
