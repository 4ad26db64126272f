/**
 * What a spec of deliveries plays on: a simulated log with every topic, a stand-in for PagerDuty, and words for what
 * the other services would write.
 */
import { topicSettings } from '@quorate/bus';
import {
  alertIdOf,
  channelRecordSchema,
  directoryKeyOfChannel,
  mapChannelSecrets,
  partitionOf,
  type Alert,
  type CastVote,
  type Command,
  type Delivery,
} from '@quorate/contracts';
import { SecretBox, type RunningService } from '@quorate/runtime';
import { startPagerDutyStandIn, type PagerDutyStandIn } from './pagerduty-stand-in.ts';
import { createSimulatedLog, type SimulatedLog } from './simulated-log.ts';

const partitionCount = 3;
const turnsMax = 1_000;

export function buildVote(region: string, outcome: CastVote['outcome'], startedAt: number): CastVote {
  return {
    region,
    proberId: `${region}-1`,
    outcome,
    reason: outcome === 'down' ? 'status.unexpected' : null,
    message: outcome === 'down' ? 'got 503, expected 200-299' : null,
    startedAt,
    phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, transferMs: 5, totalMs: 15 },
    statusCode: outcome === 'down' ? 503 : 200,
    address: '203.0.113.7',
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
    late: false,
  };
}

export class DeliveryStage {
  readonly startedAt = 1_800_000_000_000;
  readonly monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
  readonly channelId = '11111111-1111-4111-8111-111111111111';
  readonly incidentId = `${this.monitorId}:${this.startedAt - 10_000}`;
  readonly routingKey = 'R0123456789ABCDEF0123456789ABCDE';
  readonly traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  readonly secretBox = new SecretBox(Buffer.alloc(32, 7));
  readonly pagerDuty: PagerDutyStandIn;
  log: SimulatedLog = createSimulatedLog({ now: this.startedAt });
  #services: RunningService[] = [];

  constructor(pagerDuty: PagerDutyStandIn) {
    this.pagerDuty = pagerDuty;
  }

  /** Runs a service until the end of the stage, or until the process is killed. */
  async run(starting: Promise<RunningService>): Promise<RunningService> {
    const service = await starting;
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
    const pagerduty = { routingKey: this.routingKey, url: this.pagerDuty.url };
    const defaults = { v: 1, entity: 'channel', id: this.channelId, version: 1, name: 'On call', type: 'pagerduty' };
    const settings = 'type' in changes ? changes : { pagerduty, ...changes };
    const channel = channelRecordSchema.parse({ ...defaults, ...settings });
    const { id } = channel;
    const sealed = mapChannelSecrets(channel, (secret, field) =>
      this.secretBox.seal(secret, { entity: 'channel', id, field }),
    );
    const key = directoryKeyOfChannel(id);
    await this.log.deliver([{ topic: 'directory', partition: 0, key, value: JSON.stringify(sealed) }]);
  }

  async deleteChannel(channelId = this.channelId): Promise<void> {
    await this.log.deliver([{ topic: 'directory', partition: 0, key: directoryKeyOfChannel(channelId), value: null }]);
  }

  alertOf(transition: Alert['transition'], changes: Partial<Alert> = {}): Alert {
    const { incidentId = this.incidentId } = changes;
    const at = this.log.now();
    return {
      v: 1,
      subject: 'monitor',
      trouble: null,
      alertId: alertIdOf(incidentId, transition, 0),
      incidentId,
      monitorId: this.monitorId,
      transition,
      sequence: 0,
      at,
      monitor: { name: 'Shop', type: 'http', target: 'https://shop.example/', tags: { team: 'web' } },
      channelIds: [this.channelId],
      firstFailureAt: this.startedAt - 20_000,
      openedAt: this.startedAt,
      resolvedAt: transition === 'resolved' ? at : null,
      resolveCause: transition === 'resolved' ? 'recovered' : null,
      acknowledgedBy: null,
      regions: ['eu', 'us'],
      expectedRegions: ['eu', 'us', 'ap'],
      votes: [buildVote('eu', 'down', at), buildVote('us', 'down', at), buildVote('ap', 'up', at)],
      ...changes,
    };
  }

  /** What makes of an alert one about Quorate itself. */
  readonly platformTrouble: Partial<Alert> = {
    subject: 'platform',
    monitor: { name: 'Region ap is silent', type: 'platform', target: 'region-silent:ap', tags: {} },
    trouble: {
      severity: 'error',
      detail: 'Its prober was last heard at 2027-01-15 07:59:40 UTC.',
      consequence: '2 of 3 regions decide meanwhile.',
      remedy: 'Start a prober there.',
    },
    regions: ['ap'],
    expectedRegions: ['ap', 'eu', 'us'],
    votes: [],
  };

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
      const incidentId = `${monitorId}:${this.startedAt}`;
      return this.alertOf(transition, { monitorId, monitor, incidentId, ...changes });
    });
    const byPartition = Map.groupBy(
      alerts.map((alert) => this.#recordOf(alert)),
      ({ partition }) => partition,
    );
    await Promise.all([...byPartition.values()].map((records) => this.log.deliver(records)));
  }

  #recordOf(alert: Alert) {
    const headers = { traceparent: `00-${this.traceId}-00f067aa0ba902b7-01` };
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
