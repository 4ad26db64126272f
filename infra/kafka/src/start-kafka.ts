/**
 * Starts a real Apache Kafka of one or three nodes on free loopback ports, with the faults that specs inflict on it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaAvailability } from './availability.ts';
import { fetchJars } from './jars.ts';
import { formatStorage, type NodeLayout, NodeProcess } from './node-process.ts';
import type { SecuredAccess } from './secured-listener.ts';
import { type Cluster, type Detour, type NodePorts, serverProperties, storageArguments } from './server-properties.ts';

export interface KafkaCluster {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Of each broker, where it was asked for. Nobody listens at `from` until a proxy does. */
  readonly detours: readonly Detour[];
  /** `host:port` of the first broker's secured listeners, in their order. */
  readonly secured: readonly string[];
  /** Kills a broker with SIGKILL; its data stays. */
  kill(broker: number): Promise<void>;
  /** Stops a broker's clock, as a paused machine does. */
  freeze(broker: number): void;
  thaw(broker: number): void;
  /** Stops a broker in good order: what it leads goes to others first. */
  shutDown(broker: number): Promise<void>;
  /** Starts a broker that has ended again on the same port. */
  restart(broker: number): Promise<void>;
  /** Ends what was started and removes its data. */
  stop(): Promise<void>;
}

export interface KafkaSettings {
  readonly brokers: 1 | 3;
  readonly withDetours?: boolean;
  /** More ways in, for who logs in. */
  readonly access?: SecuredAccess;
}

/** @throws Error that says what is missing where Kafka cannot run here. */
export async function startKafka({ brokers, withDetours = false, access }: KafkaSettings): Promise<KafkaCluster> {
  const availability = kafkaAvailability();
  if (!availability.available) throw new Error(`Kafka cannot run here: ${availability.reason}`);
  const jarFolder = await fetchJars();
  const folder = await mkdtemp(join(tmpdir(), 'quorate-kafka-'));
  const settings = { folder, jarFolder, withDetours, access: access ?? null };
  const layouts = await layOut(settings, brokers);
  const nodes = layouts.map((layout) => new NodeProcess(layout));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(layouts.map((layout) => formatStorage(layout, storageArguments(settings.access))));
    await Promise.all(nodes.map((node) => node.start()));
  } catch (cause) {
    await stop();
    throw cause;
  }
  return clusterOf(layouts, nodes, stop);
}

function clusterOf(layouts: readonly Layout[], nodes: readonly NodeProcess[], stop: () => Promise<void>): KafkaCluster {
  const nodeAt = (broker: number) => {
    const node = nodes[broker];
    if (node === undefined) throw new RangeError(`There is no broker ${broker}`);
    return node;
  };
  return {
    brokers: layouts.map(({ broker }) => `127.0.0.1:${broker}`),
    detours: layouts.flatMap(({ detour }) => detour ?? []),
    secured: layouts[0]?.secured.map((port) => `127.0.0.1:${port}`) ?? [],
    kill: (broker) => nodeAt(broker).end('SIGKILL'),
    freeze: (broker) => nodeAt(broker).signal('SIGSTOP'),
    thaw: (broker) => nodeAt(broker).signal('SIGCONT'),
    shutDown: (broker) => nodeAt(broker).end('SIGTERM'),
    restart: (broker) => nodeAt(broker).start(),
    stop,
  };
}

type Layout = NodeLayout & NodePorts;

interface ClusterLayout {
  readonly folder: string;
  readonly jarFolder: string;
  readonly withDetours: boolean;
  readonly access: SecuredAccess | null;
}

async function layOut(
  { folder, jarFolder, withDetours, access }: ClusterLayout,
  count: number,
): Promise<readonly Layout[]> {
  const listeners = access?.listeners ?? [];
  const ports = (await freePorts((4 + listeners.length) * count)).values();
  const take = () => ports.next().value ?? 0;
  const nodes: NodePorts[] = Array.from({ length: count }, () => ({
    broker: take(),
    controller: take(),
    detour: withDetours ? { from: take(), to: take() } : null,
    secured: listeners.map(take),
  }));
  const cluster: Cluster = { nodes, access };
  return Promise.all(
    nodes.map(async (node, index) => {
      const nodeFolder = join(folder, `node-${index + 1}`);
      await mkdir(nodeFolder);
      await writeFile(
        join(nodeFolder, 'server.properties'),
        serverProperties(cluster, index, join(nodeFolder, 'data')),
      );
      return { ...node, folder: nodeFolder, jarFolder, ports: [node.broker, ...node.secured] };
    }),
  );
}

/** Ports that were free a moment ago: all are held at once, so that they differ, and then released. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server));
  });
}
