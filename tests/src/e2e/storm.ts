/** Several monitors of one channel that go down together: a few page on their own, one roll-up tells of the others. */
import {
  startPagerDutyStandIn,
  startTarget,
  type PagerDutyAlert,
  type PagerDutyStandIn,
  type Target,
} from '@quorate/testing';
import type { RestClient } from './rest-client.ts';
import { until } from './until.ts';

const monitorCount = 6;
export const pagesMax = 2;
/** All of them are one storm, however slow a machine on which processes die. */
const windowSeconds = 600;
const toldMsMax = 180_000;

export class Storm {
  readonly #client: RestClient;
  readonly #monitorIds: readonly string[];
  readonly #target: Target;
  readonly #pagerDuty: PagerDutyStandIn;

  private constructor(
    client: RestClient,
    monitorIds: readonly string[],
    on: { target: Target; pagerDuty: PagerDutyStandIn },
  ) {
    this.#client = client;
    this.#monitorIds = monitorIds;
    this.#target = on.target;
    this.#pagerDuty = on.pagerDuty;
  }

  static async prepare(client: RestClient): Promise<Storm> {
    const [target, pagerDuty] = await Promise.all([startTarget(), startPagerDutyStandIn()]);
    const channelId = await client.addChannel(pagerDuty.url, { stormBrake: { openedMax: pagesMax, windowSeconds } });
    const monitors = Array.from({ length: monitorCount }, () => client.addMonitor(target.url, [channelId]));
    const monitorIds = (await Promise.all(monitors)).map(({ id }) => id);
    await Promise.all(monitorIds.map((id) => client.untilStatus(id, 'up', 60_000)));
    return new Storm(client, monitorIds, { target, pagerDuty });
  }

  /** Breaks what they all watch until each incident was told, and heals it until all is resolved. */
  async rage(): Promise<readonly PagerDutyAlert[]> {
    this.#target.failFor(['eu', 'us']);
    await Promise.all(this.#monitorIds.map((id) => this.#client.untilStatus(id, 'down', toldMsMax)));
    await this.#until('the pages and the roll-up', (alerts) => alerts.length > pagesMax);
    this.#target.heal();
    await this.#until('every resolve', (alerts) => alerts.every(({ state }) => state === 'resolved'));
    return this.#pagerDuty.alerts;
  }

  async close(): Promise<void> {
    await Promise.all([this.#target.close(), this.#pagerDuty.close()]);
  }

  #until(what: string, holds: (alerts: readonly PagerDutyAlert[]) => boolean): Promise<unknown> {
    const { alerts } = this.#pagerDuty;
    return until(() => holds(alerts), { withinMs: toldMsMax, what, instead: () => alerts });
  }
}
