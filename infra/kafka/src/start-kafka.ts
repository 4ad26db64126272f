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
import { type Detour, type NodePorts, serverProperties } from './server-properties.ts';

export interface KafkaCluster {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Of each broker, where it was asked for. Nobody listens at `from` until a proxy does. */
  readonly detours: readonly Detour[];
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
}

/** @throws Error that says what is missing where Kafka cannot run here. */
export async function startKafka({ brokers, withDetours = false }: KafkaSettings): Promise<KafkaCluster> {
  const availability = kafkaAvailability();
  if (!availability.available) throw new Error(`Kafka cannot run here: ${availability.reason}`);
  const jarFolder = await fetchJars();
  const folder = await mkdtemp(join(tmpdir(), 'quorate-kafka-'));
  const layouts = await layOut({ folder, jarFolder, withDetours }, brokers);
  const nodes = layouts.map((layout) => new NodeProcess(layout));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(layouts.map(formatStorage));
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
    brokers: layouts.map(({ port }) => `127.0.0.1:${port}`),
    detours: layouts.flatMap(({ detour }) => detour ?? []),
    kill: (broker) => nodeAt(broker).end('SIGKILL'),
    freeze: (broker) => nodeAt(broker).signal('SIGSTOP'),
    thaw: (broker) => nodeAt(broker).signal('SIGCONT'),
    shutDown: (broker) => nodeAt(broker).end('SIGTERM'),
    restart: (broker) => nodeAt(broker).start(),
    stop,
  };
}

interface Layout extends NodeLayout {
  readonly detour: Detour | null;
}

async function layOut(
  { folder, jarFolder, withDetours }: { folder: string; jarFolder: string; withDetours: boolean },
  count: number,
): Promise<readonly Layout[]> {
  const ports = (await freePorts(4 * count)).values();
  const take = () => ports.next().value ?? 0;
  const nodes: NodePorts[] = Array.from({ length: count }, () => ({
    broker: take(),
    controller: take(),
    detour: withDetours ? { from: take(), to: take() } : null,
  }));
  return Promise.all(
    nodes.map(async ({ broker: port, detour }, index) => {
      const nodeFolder = join(folder, `node-${index + 1}`);
      await mkdir(nodeFolder);
      const properties = serverProperties(nodes, index, join(nodeFolder, 'data'));
      await writeFile(join(nodeFolder, 'server.properties'), properties);
      return { folder: nodeFolder, jarFolder, port, detour };
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
