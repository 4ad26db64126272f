/**
 * A dispatcher's task and its successor plan the same deliveries and leave alone what is at rest. What is on its way
 * the successor rightly sends again, and only its predecessor hears how that ends: there they are not compared.
 */
import type { Gathering, LogRecord, OutgoingRecord } from '@quorate/bus';
import type { Delivery } from '@quorate/contracts';
import { startDispatcher } from '@quorate/dispatcher';
import { AddressGuard, parseAllowList } from '@quorate/outbound';
import type { SimulatedCluster } from '@quorate/testing';
import { secretBox } from '../world/directory-records.ts';
import type { Beginning, WatchedService } from './watched-service.ts';
import type { CommittedStep } from './watched-task.ts';

interface Rest {
  /** Deliveries that ended, and wait for nothing but to be forgotten. */
  readonly ended: ReadonlySet<string>;
  /** Those of them whose incident is over: when they are forgotten is settled. */
  readonly over: ReadonlySet<string>;
}

function deliveryOf({ value }: Pick<OutgoingRecord, 'value'>): Delivery | null {
  return JSON.parse(value ?? 'null') as Delivery | null;
}

/** What is told in a roll-up waits for that. */
function isAlone({ storm, rolledUpIn }: Delivery): boolean {
  return storm === null && rolledUpIn === null;
}

function restOf(table: readonly LogRecord[]): Rest {
  const deliveries = table.flatMap((record) => deliveryOf(record) ?? []);
  const lines = Map.groupBy(deliveries, ({ channelId, alert }) => `${channelId} ${alert.incidentId}`);
  const atRest = [...lines.values()].filter((line) => line.every((one) => one.state !== 'pending' && isAlone(one)));
  const over = atRest.filter((line) => line.some(({ alert }) => alert.transition === 'resolved'));
  const idsOf = (some: readonly Delivery[][]) => new Set(some.flat().map(({ deliveryId }) => deliveryId));
  return { ended: idsOf(atRest), over: idsOf(over) };
}

/** Whether a step at `now` has planned it because of an alert; a roll-up's messages depend on what is on its way. */
function isPlanned(record: OutgoingRecord, now: number): boolean {
  const delivery = deliveryOf(record);
  if (delivery === null || !isAlone(delivery)) return false;
  return delivery.plannedAt === now && delivery.departedAt === null && delivery.state === 'pending';
}

export class WatchedDispatcher implements WatchedService {
  readonly name = 'dispatcher';
  readonly stepsMax = 4;
  readonly pauseMsMax = 90_000;
  readonly hearsForItself = false;
  readonly waitsForRegions = false;
  readonly #broker: SimulatedCluster['broker'];

  constructor({ broker }: SimulatedCluster) {
    this.#broker = broker;
  }

  start({ log, logger }: Parameters<WatchedService['start']>[0]): void {
    void startDispatcher({ log, logger, secretBox, guard: new AddressGuard(parseAllowList('')), publicUrl: null });
  }

  beginning({ partition, gathering, legacy }: CommittedStep): Beginning | null {
    const deliveries = this.#broker.partition({ topic: 'deliveries', partition });
    // Another partition's plan is under way: a successor would wait until it sees behind it.
    if (!gathering.caughtUp || deliveries.stableEnd < deliveries.end) return null;
    const { records } = deliveries.read(0, deliveries.end, Infinity);
    const tables = [...new Map(records.map((record) => [record.key, record])).values()];
    const rest = restOf(tables);
    const told = (written: readonly OutgoingRecord[], { now }: Pick<Gathering, 'now'>) =>
      written.filter((record) => isOfRest(record, rest) || (record.topic === 'deliveries' && isPlanned(record, now)));
    return { legacy: { ...legacy(), tables }, anew: (written) => told(written, gathering), told };
  }
}

function isOfRest({ topic, key, value }: OutgoingRecord, { ended, over }: Rest): boolean {
  return topic === 'deliveries' && (value === null ? over : ended).has(key);
}
