/** What is done to the cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaCluster } from '@quorate/kafka-broker';
import type { Cluster } from '../e2e/cluster.ts';
import type { CuttableLink } from '../e2e/cuttable-link.ts';
import type { Fault } from './fault.ts';
import type { Fleet } from './fleet.ts';
import { pick, shuffled } from './seeded-choice.ts';
import type { Sites } from './sites.ts';
import type { Cut } from './standstill.ts';

const secondMs = 1_000;
/** Sessions end after 10 s. */
const awayMs = 20 * secondMs;
const frozenMs = 16 * secondMs;
const brokerAwayMs = 15 * secondMs;
const databaseAwayMs = 60 * secondMs;
const regionAwayMs = 40 * secondMs;
/** A broker that is back has caught up by then, so that the next one can go. */
const catchUpMs = 10 * secondMs;

export interface Torment {
  readonly cluster: Cluster;
  readonly kafka: KafkaCluster;
  readonly fleet: Fleet;
  readonly sites: Sites;
  /** How the remote region reaches each broker. */
  readonly links: readonly CuttableLink[];
  readonly remoteRegion: string;
  /** When it was cut off; filled as it happens. */
  readonly cuts: Cut[];
  readonly random: () => number;
  readonly signal: AbortSignal;
}

type Recipe = (torment: Torment) => Fault;

const services = ['scheduler', 'aggregator', 'dispatcher', 'api', 'prober'];

function replicaOf(service: string, { cluster, random }: Torment): string {
  return pick(
    cluster.names.filter((name) => name.startsWith(`${service}-`)),
    random,
  );
}

function onService(service: string): readonly Recipe[] {
  return [
    (torment) => {
      const on = replicaOf(service, torment);
      const inflict = () => torment.fleet.kill(on, 0);
      return { kind: `${service} killed, started at once`, goal: 'kill', on, inflict };
    },
    (torment) => {
      const on = replicaOf(service, torment);
      const inflict = () => torment.fleet.kill(on, awayMs);
      return { kind: `${service} killed, away for ${awayMs / secondMs} s`, goal: 'kill', on, inflict };
    },
    (torment) => {
      const on = replicaOf(service, torment);
      const inflict = () => torment.fleet.freeze(on, frozenMs);
      return { kind: `${service} frozen for ${frozenMs / secondMs} s`, goal: 'none', on, inflict };
    },
    (torment) => {
      const on = replicaOf(service, torment);
      const inflict = () => torment.fleet.restart(on);
      return { kind: `${service} restarted`, goal: 'orderly', on, inflict };
    },
  ];
}

const onBroker: readonly Recipe[] = [
  ({ kafka, random, signal }) => {
    const broker = pick([...kafka.brokers.keys()], random);
    const inflict = async () => {
      await kafka.kill(broker);
      await delay(brokerAwayMs, undefined, { signal });
      await kafka.restart(broker);
    };
    return {
      kind: `broker killed, away for ${brokerAwayMs / secondMs} s`,
      goal: 'kill',
      on: `broker ${broker + 1}`,
      inflict,
    };
  },
  ({ kafka, random, signal }) => {
    const broker = pick([...kafka.brokers.keys()], random);
    const inflict = async () => {
      kafka.freeze(broker);
      await delay(brokerAwayMs, undefined, { signal }).finally(() => kafka.thaw(broker));
    };
    return {
      kind: `broker frozen for ${brokerAwayMs / secondMs} s`,
      goal: 'none',
      on: `broker ${broker + 1}`,
      inflict,
    };
  },
];

const rolling: readonly Recipe[] = [
  ({ cluster: { names }, fleet }) => ({
    kind: 'every process restarted in turn',
    goal: 'orderly',
    on: 'all services',
    inflict: async () => {
      for (const name of names) await fleet.restart(name);
    },
  }),
  ({ kafka, signal }) => ({
    kind: 'every broker restarted in turn',
    goal: 'orderly',
    on: 'all brokers',
    inflict: async () => {
      for (const broker of kafka.brokers.keys()) {
        await kafka.shutDown(broker);
        await kafka.restart(broker);
        await delay(catchUpMs, undefined, { signal });
      }
    },
  }),
];

const around: readonly Recipe[] = [
  ({ cluster, signal }) => ({
    kind: `PostgreSQL stopped for ${databaseAwayMs / secondMs} s`,
    goal: 'none',
    on: 'the database',
    inflict: async () => {
      await cluster.stopDatabase();
      await delay(databaseAwayMs, undefined, { signal }).finally(() => cluster.startDatabase());
    },
  }),
  ({ cluster, sites, links, remoteRegion, cuts, signal }) => ({
    kind: `region cut off for ${regionAwayMs / secondMs} s`,
    goal: 'none',
    on: remoteRegion,
    inflict: async () => {
      const from = Date.now();
      links.forEach((link) => link.cut());
      sites.cutOff(remoteRegion);
      await delay(regionAwayMs, undefined, { signal });
      sites.cutOff(null);
      links.forEach((link) => link.mend());
      cuts.push({ region: remoteRegion, from, to: Date.now() });
      await cluster.client.untilRegionsLive(remoteRegion);
    },
  }),
];

/** Each kind once in a seeded order, `rounds` times. */
export function* kafkaFaults(torment: Torment, rounds: number): Generator<Fault> {
  const recipes = [...services.flatMap(onService), ...onBroker, ...rolling, ...around];
  for (let round = 0; round < rounds; round++) {
    for (const recipe of shuffled(recipes, torment.random)) yield recipe(torment);
  }
}
