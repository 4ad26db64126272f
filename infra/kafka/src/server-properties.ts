/** The configuration of each node: broker and controller in one, small enough for a laptop. */
import { ownSilenceMsMin } from './kafka.config.ts';
import {
  listenerName,
  listenerProperties,
  scramArguments,
  securityProtocol,
  type SecuredAccess,
} from './secured-listener.ts';

/** A second way in: the broker listens at `to` and says that it is reached at `from`, where a proxy can stand. */
export interface Detour {
  readonly from: number;
  readonly to: number;
}

export interface NodePorts {
  readonly broker: number;
  readonly controller: number;
  readonly detour: Detour | null;
  /** One for each listener of the secured access. */
  readonly secured: readonly number[];
}

const clusterId = 'cXVvcmF0ZS1sb2NhbC0wMQ';

export const storageArguments = (access: SecuredAccess | null): readonly string[] => [
  ...['format', '-g', '-t', clusterId],
  ...scramArguments(access),
];

export interface Cluster {
  readonly nodes: readonly NodePorts[];
  readonly access: SecuredAccess | null;
}

const at = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;

function addresses({ broker, controller, detour, secured }: NodePorts, access: SecuredAccess | null) {
  const securedAddresses = secured.map((port, index) => at(listenerName(index), port));
  const [listens, advertised] = detour === null ? [[], []] : [[at('DETOUR', detour.to)], [at('DETOUR', detour.from)]];
  const kinds = access?.listeners.map((listener, index) => `${listenerName(index)}:${securityProtocol(listener)}`);
  const usual = [at('PLAINTEXT', broker), ...securedAddresses];
  return {
    listeners: [...usual, at('CONTROLLER', controller), ...listens].join(','),
    'advertised.listeners': [...usual, ...advertised].join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': ['CONTROLLER', 'PLAINTEXT', 'DETOUR']
      .map((name) => `${name}:PLAINTEXT`)
      .concat(kinds ?? [])
      .join(','),
  };
}

/** `java.util.Properties` text for node `index`; node ids count from 1. */
export function serverProperties({ nodes, access }: Cluster, index: number, dataFolder: string): string {
  const own = nodes[index];
  if (own === undefined) throw new RangeError(`There is no node ${index}`);
  const replicas = nodes.length;
  const replicasInSyncMin = Math.max(1, replicas - 1);
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    ...addresses(own, access),
    ...(access === null ? {} : listenerProperties(access)),
    'controller.quorum.voters': nodes.map(({ controller }, other) => `${other + 1}@127.0.0.1:${controller}`).join(','),
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
  // A replica that asks a new leader before that knows of it waits so long, and all writes with it.
  'replica.fetch.backoff.ms': 100,
  'log.cleaner.dedupe.buffer.size': 8_388_608,
  'log.cleaner.backoff.ms': 1_000,
  'num.network.threads': 2,
  'num.io.threads': 4,
};
