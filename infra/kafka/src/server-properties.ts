/** The configuration of each node: broker and controller in one, small enough for a laptop. */
import { ownSilenceMsMin } from './kafka.config.ts';

/** A second way in: the broker listens at `to` and says that it is reached at `from`, where a proxy can stand. */
export interface Detour {
  readonly from: number;
  readonly to: number;
}

export interface NodePorts {
  readonly broker: number;
  readonly controller: number;
  readonly detour: Detour | null;
}

const clusterId = 'cXVvcmF0ZS1sb2NhbC0wMQ';

export const storageArguments = ['format', '-g', '-t', clusterId] as const;

/** `java.util.Properties` text for node `index` of `nodes`; node ids count from 1. */
export function serverProperties(nodes: readonly NodePorts[], index: number, dataFolder: string): string {
  const own = nodes[index];
  if (own === undefined) throw new RangeError(`There is no node ${index}`);
  const replicas = nodes.length;
  const replicasInSyncMin = Math.max(1, replicas - 1);
  const { detour } = own;
  const [listens, advertised] =
    detour === null ? ['', ''] : [`,DETOUR://127.0.0.1:${detour.to}`, `,DETOUR://127.0.0.1:${detour.from}`];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    listeners: `PLAINTEXT://127.0.0.1:${own.broker},CONTROLLER://127.0.0.1:${own.controller}${listens}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${own.broker}${advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,DETOUR:PLAINTEXT',
    'controller.quorum.voters': nodes.map(({ controller }, at) => `${at + 1}@127.0.0.1:${controller}`).join(','),
    'log.dirs': dataFolder,
    'default.replication.factor': replicas,
    'min.insync.replicas': replicasInSyncMin,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': replicasInSyncMin,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': replicasInSyncMin,
    ...smallAndQuick,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * Fewer threads and internal partitions than stock, no wait for a group's first members, deaths of nodes and members
 * seen soon.
 */
const smallAndQuick = {
  'offsets.topic.num.partitions': 3,
  'transaction.state.log.num.partitions': 3,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': ownSilenceMsMin,
  'auto.create.topics.enable': false,
  'unclean.leader.election.enable': false,
  'broker.session.timeout.ms': 6_000,
  'replica.lag.time.max.ms': 5_000,
  'log.cleaner.dedupe.buffer.size': 8_388_608,
  'log.cleaner.backoff.ms': 1_000,
  'num.network.threads': 2,
  'num.io.threads': 4,
};
