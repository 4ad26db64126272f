/**
 * What a spec of deliveries plays on: a simulated log with every topic, a stand-in for PagerDuty, and words for what
 * the other services would write.
 */
import { topicSettings } from '@quorate/bus';
import {
  channelRecordSchema,
  directoryKeyOfChannel,
  mapChannelSecrets,
  partitionOf,
  type Alert,
  type Command,
  type Delivery,
} from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { SecretBox, type RunningService } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, startPagerDutyStandIn, type PagerDutyStandIn, type SimulatedLog } from '@quorate/testing';
import { buildAlert, channelId, routingKey, startedAt, traceId } from './alert.stage.ts';
import { startDispatcher, type DispatcherTimings } from './start-dispatcher.ts';

const partitionCount = 3;
const installation = 'https://quorate.example';
const turnsMax = 1_000;

export class DeliveryStage {
  readonly secretBox = new SecretBox(Buffer.alloc(32, 7));
  readonly pagerDuty: PagerDutyStandIn;
  log: SimulatedLog = createSimulatedLog({ now: startedAt });
  #services: RunningService[] = [];

  constructor(pagerDuty: PagerDutyStandIn) {
    this.pagerDuty = pagerDuty;
  }

  /** What PagerDuty was told to do, in order. */
  get actions(): string[] {
    return this.pagerDuty.events.map(({ event_action }) => event_action);
  }

  /** Runs a dispatcher until the end of the stage, or until the process is killed. */
  async run(
    changes: Partial<DispatcherTimings> = {},
    publicUrl: string | null = installation,
  ): Promise<RunningService> {
    const { log, secretBox } = this;
    const guard = new AddressGuard(allowLoopback);
    const timings = { deadlineMs: 300, breaker: { openMs: 50, windowMs: 60_000 }, ...changes };
    const logger = silentLogger;
    const service = await startDispatcher({ log, logger, secretBox, guard, publicUrl, timings });
    this.#services.push(service);
    await this.log.settle();
    return service;
  }

  /** Ends the process that holds all services, as `kill -9` would; the log remains. */
  kill(): void {
    this.log = this.log.crash();
    this.#services = [];
  }

  /** As the API does: secrets sealed. */
  async saveChannel(changes: Record<string, unknown> = {}): Promise<void> {
    const pagerduty = { routingKey, url: this.pagerDuty.url };
    const defaults = { v: 1, entity: 'channel', id: channelId, version: 1, name: 'On call', type: 'pagerduty' };
    const settings = 'type' in changes ? changes : { pagerduty, ...changes };
    const channel = channelRecordSchema.parse({ ...defaults, ...settings });
    const { id } = channel;
    const sealed = mapChannelSecrets(channel, (secret, field) =>
      this.secretBox.seal(secret, { entity: 'channel', id, field }),
    );
    const key = directoryKeyOfChannel(id);
    await this.log.deliver([{ topic: 'directory', partition: 0, key, value: JSON.stringify(sealed) }]);
  }

  async deleteChannel(id = channelId): Promise<void> {
    await this.log.deliver([{ topic: 'directory', partition: 0, key: directoryKeyOfChannel(id), value: null }]);
  }

  /** As of now. */
  alertOf(transition: Alert['transition'], changes: Partial<Alert> = {}): Alert {
    return buildAlert(transition, changes, this.log.now());
  }

  /** As the aggregator does. */
  async raise(transition: Alert['transition'], changes: Partial<Alert> = {}): Promise<void> {
    await this.log.deliver([this.#recordOf(this.alertOf(transition, changes))]);
  }

  /** The same of many monitors at once, each named by a number. */
  async raiseOf(
    sites: readonly number[],
    transition: Alert['transition'],
    changes: Partial<Alert> = {},
  ): Promise<void> {
    const alerts = sites.map((site) => {
      const monitorId = `00000000-0000-4000-8000-${String(site).padStart(12, '0')}`;
      const monitor = { name: `Site ${site}`, type: 'http', target: `https://${site}.example/`, tags: {} };
      const incidentId = `${monitorId}:${startedAt}`;
      return this.alertOf(transition, { monitorId, monitor, incidentId, ...changes });
    });
    const byPartition = Map.groupBy(
      alerts.map((alert) => this.#recordOf(alert)),
      ({ partition }) => partition,
    );
    await Promise.all([...byPartition.values()].map((records) => this.log.deliver(records)));
  }

  #recordOf(alert: Alert) {
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const partition = partitionOf(alert.monitorId, partitionCount);
    return { topic: 'alerts', partition, key: alert.monitorId, value: JSON.stringify(alert), headers };
  }

  /** As the API does. */
  async order(command: Command & { readonly channelId: string }): Promise<void> {
    const partition = partitionOf(command.channelId, partitionCount);
    await this.log.deliver([{ topic: 'commands', partition, key: command.channelId, value: JSON.stringify(command) }]);
  }

  /** The deliveries that the log knows of, without those that ended in a tombstone. */
  async deliveries(): Promise<Delivery[]> {
    const newest = new Map((await this.log.records('deliveries')).map(({ key, value }) => [key, value]));
    return [...newest.values()].filter((value) => value !== null).map((value) => JSON.parse(value) as Delivery);
  }

  /** Lets time pass in the log, and real time for what is on its way, until `holds`. */
  async until(holds: () => boolean | Promise<boolean>, stepMs = 500): Promise<void> {
    for (let turn = 0; turn < turnsMax; turn++) {
      if (await holds()) return;
      await this.log.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error('What was waited for did not come true');
  }

  /** Until the log's deliveries are these, each as its transition and its state. */
  async reach(expected: readonly string[], stepMs?: number): Promise<void> {
    const wanted = expected.toSorted().join();
    await this.until(async () => {
      const states = (await this.deliveries()).map(({ alert, state }) => `${alert.transition} ${state}`);
      return states.toSorted().join() === wanted;
    }, stepMs);
  }

  async end(): Promise<void> {
    const closing = Promise.all(this.#services.map((service) => service.close()));
    await this.log.advance(1_000);
    await closing;
    await this.log.close();
    await this.pagerDuty.close();
  }
}

export async function openDeliveryStage(): Promise<DeliveryStage> {
  const stage = new DeliveryStage(await startPagerDutyStandIn());
  await stage.log.ensureTopics(topicSettings(partitionCount));
  return stage;
}
