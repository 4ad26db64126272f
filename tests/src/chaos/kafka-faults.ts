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

/** A kind of fault, before it is known whom it hits. */
interface Recipe {
  readonly kind: string;
  readonly goal: Fault['goal'];
  readonly prepare: (torment: Torment) => Pick<Fault, 'on' | 'inflict'>;
}

const services = ['scheduler', 'aggregator', 'dispatcher', 'api', 'prober'];

function replicaOf(service: string, { cluster, random }: Torment): string {
  return pick(
    cluster.names.filter((name) => name.startsWith(`${service}-`)),
    random,
  );
}

function onService(service: string): readonly Recipe[] {
  const recipe = (
    what: string,
    goal: Fault['goal'],
    inflict: (fleet: Fleet, replica: string) => Promise<void>,
  ): Recipe => ({
    kind: `${service} ${what}`,
    goal,
    prepare: (torment) => {
      const on = replicaOf(service, torment);
      return { on, inflict: () => inflict(torment.fleet, on) };
    },
  });
  return [
    recipe('killed, started at once', 'kill', (fleet, replica) => fleet.kill(replica, 0)),
    recipe(`killed, away for ${awayMs / secondMs} s`, 'kill', (fleet, replica) => fleet.kill(replica, awayMs)),
    recipe(`frozen for ${frozenMs / secondMs} s`, 'none', (fleet, replica) => fleet.freeze(replica, frozenMs)),
    recipe('restarted', 'orderly', (fleet, replica) => fleet.restart(replica)),
  ];
}

function onBroker(
  what: string,
  goal: Fault['goal'],
  inflict: (torment: Torment, broker: number) => Promise<void>,
): Recipe {
  return {
    kind: `broker ${what}`,
    goal,
    prepare: (torment) => {
      const broker = pick([...torment.kafka.brokers.keys()], torment.random);
      return { on: `broker ${broker + 1}`, inflict: () => inflict(torment, broker) };
    },
  };
}

const onBrokers: readonly Recipe[] = [
  onBroker(`killed, away for ${brokerAwayMs / secondMs} s`, 'kill', async ({ kafka, signal }, broker) => {
    await kafka.kill(broker);
    await delay(brokerAwayMs, undefined, { signal });
    await kafka.restart(broker);
  }),
  onBroker(`frozen for ${brokerAwayMs / secondMs} s`, 'none', async ({ kafka, signal }, broker) => {
    kafka.freeze(broker);
    await delay(brokerAwayMs, undefined, { signal }).finally(() => kafka.thaw(broker));
  }),
];

const rolling: readonly Recipe[] = [
  {
    kind: 'every process restarted in turn',
    goal: 'orderly',
    prepare: ({ cluster: { names }, fleet }) => ({
      on: 'all services',
      inflict: async () => {
        for (const name of names) await fleet.restart(name);
      },
    }),
  },
  {
    kind: 'every broker restarted in turn',
    goal: 'orderly',
    prepare: ({ kafka, signal }) => ({
      on: 'all brokers',
      inflict: async () => {
        for (const broker of kafka.brokers.keys()) {
          await kafka.shutDown(broker);
          await kafka.restart(broker);
          await delay(catchUpMs, undefined, { signal });
        }
      },
    }),
  },
];

const around: readonly Recipe[] = [
  {
    kind: `PostgreSQL stopped for ${databaseAwayMs / secondMs} s`,
    goal: 'none',
    prepare: ({ cluster, signal }) => ({
      on: 'the database',
      inflict: async () => {
        await cluster.stopDatabase();
        await delay(databaseAwayMs, undefined, { signal }).finally(() => cluster.startDatabase());
      },
    }),
  },
  {
    kind: `region cut off for ${regionAwayMs / secondMs} s`,
    goal: 'none',
    prepare: ({ cluster, sites, links, remoteRegion, cuts, signal }) => ({
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
  },
];

const recipes = [...services.flatMap(onService), ...onBrokers, ...rolling, ...around];

/** The kinds of fault whose name has one of `texts` in it. */
export function kafkaFaultKinds(texts: readonly string[]): readonly string[] {
  return recipes.map(({ kind }) => kind).filter((kind) => texts.some((text) => kind.includes(text)));
}

export interface Torments {
  readonly kinds: readonly string[];
  /** How often each kind. */
  readonly rounds: number;
}

/** Each kind once in a seeded order, and again. */
export function* kafkaFaults(torment: Torment, { kinds, rounds }: Torments): Generator<Fault> {
  const wanted = recipes.filter(({ kind }) => kinds.includes(kind));
  for (let round = 0; round < rounds; round++) {
    for (const { kind, goal, prepare } of shuffled(wanted, torment.random)) {
      yield { kind, goal, ...prepare(torment) };
    }
  }
}
