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
import { type NodePorts, serverProperties } from './server-properties.ts';

export interface KafkaCluster {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Kills a broker with SIGKILL; its data stays. */
  kill(broker: number): Promise<void>;
  /** Stops a broker's clock, as a paused machine does. */
  freeze(broker: number): void;
  thaw(broker: number): void;
  /** Starts a killed broker again on the same port. */
  restart(broker: number): Promise<void>;
  /** Ends what was started and removes its data. */
  stop(): Promise<void>;
}

/** @throws Error that says what is missing where Kafka cannot run here. */
export async function startKafka({ brokers }: { brokers: 1 | 3 }): Promise<KafkaCluster> {
  const availability = kafkaAvailability();
  if (!availability.available) throw new Error(`Kafka cannot run here: ${availability.reason}`);
  const jarFolder = await fetchJars();
  const folder = await mkdtemp(join(tmpdir(), 'quorate-kafka-'));
  const layouts = await layOut(folder, jarFolder, brokers);
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

function clusterOf(
  layouts: readonly NodeLayout[],
  nodes: readonly NodeProcess[],
  stop: () => Promise<void>,
): KafkaCluster {
  const nodeAt = (broker: number) => {
    const node = nodes[broker];
    if (node === undefined) throw new RangeError(`There is no broker ${broker}`);
    return node;
  };
  return {
    brokers: layouts.map(({ port }) => `127.0.0.1:${port}`),
    kill: (broker) => nodeAt(broker).end('SIGKILL'),
    freeze: (broker) => nodeAt(broker).signal('SIGSTOP'),
    thaw: (broker) => nodeAt(broker).signal('SIGCONT'),
    restart: (broker) => nodeAt(broker).start(),
    stop,
  };
}

async function layOut(folder: string, jarFolder: string, count: number): Promise<readonly NodeLayout[]> {
  const ports = await freePorts(2 * count);
  const nodes: NodePorts[] = Array.from({ length: count }, (_, index) => ({
    broker: ports[2 * index] ?? 0,
    controller: ports[2 * index + 1] ?? 0,
  }));
  return Promise.all(
    nodes.map(async ({ broker: port }, index) => {
      const nodeFolder = join(folder, `node-${index + 1}`);
      await mkdir(nodeFolder);
      const properties = serverProperties(nodes, index, join(nodeFolder, 'data'));
      await writeFile(join(nodeFolder, 'server.properties'), properties);
      return { folder: nodeFolder, jarFolder, port };
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
