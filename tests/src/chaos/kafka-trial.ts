/** The trial on Kafka: three brokers, two of each service, and everything that can be done to them. */
import { openKafkaLog } from '@quorate/bus';
import { startKafka, type KafkaCluster } from '@quorate/kafka-broker';
import { Cluster } from '../e2e/cluster.ts';
import { CuttableLink } from '../e2e/cuttable-link.ts';
import { seededNumbers } from '../e2e/seeded.ts';
import { goals, inflictAll, type Fault } from './fault.ts';
import { Fleet } from './fleet.ts';
import { kafkaFaults } from './kafka-faults.ts';
import { Stage } from './stage.ts';
import type { ClosedRound, Cut } from './standstill.ts';
import type { TrialResult, TrialSettings } from './trial.ts';
import { readClosedRounds } from './verdict-log.ts';

const remoteRegion = 'ap';
const replicas = [
  ...['scheduler', 'aggregator', 'dispatcher', 'api'].flatMap((service) => [`${service}-1`, `${service}-2`]),
  ...['prober-eu-1', 'prober-us-1', `prober-${remoteRegion}-1`, `prober-${remoteRegion}-2`],
];
const minuteMs = 60_000;

async function roundsOf({ brokers }: Cluster): Promise<readonly ClosedRound[]> {
  const onFatal = (error: Error) => {
    throw error;
  };
  return readClosedRounds(await openKafkaLog({ brokers, clientId: 'chaos', onFatal }));
}

/** What is taken down again, the newest first. */
type Closing = () => Promise<void>;

interface Parts {
  readonly kafka: KafkaCluster;
  readonly links: readonly CuttableLink[];
  readonly cluster: Cluster;
  readonly stage: Stage;
}

async function open(settings: TrialSettings, closings: Closing[]): Promise<Parts> {
  const kafka = await startKafka({ brokers: 3, withDetours: true });
  closings.push(() => kafka.stop());
  const links = await Promise.all(kafka.detours.map((detour) => CuttableLink.open(detour)));
  closings.push(async () => void (await Promise.all(links.map((link) => link.close()))));
  const detours = { [remoteRegion]: links.map(({ port }) => `127.0.0.1:${port}`) };
  const cluster = await Cluster.start({ brokers: kafka.brokers, replicas, detours });
  closings.push(() => cluster.remove());
  const stage = await Stage.set({ ...settings, regions: cluster.regions, apiUrls: () => cluster.apiUrls });
  closings.push(() => stage.close());
  return { kafka, links, cluster, stage };
}

/** Takes down what it set up, also when it fails. */
export async function runKafkaTrial(settings: TrialSettings): Promise<TrialResult> {
  settings.tell('starting three Kafka brokers, PostgreSQL, and two of each service');
  const closings: Closing[] = [];
  try {
    return await tryOut(await open(settings, closings), settings);
  } finally {
    for (const closing of closings.reverse()) await closing();
  }
}

async function tryOut(parts: Parts, settings: TrialSettings): Promise<TrialResult> {
  const { cluster, stage } = parts;
  const { seed, minutes, kinds, signal, tell, outputDirectory } = settings;
  const fleet = new Fleet({ cluster, outputDirectory, signal });
  await stage.begin(cluster.client);
  const calmAt = Date.now();
  const cuts: Cut[] = [];
  const random = seededNumbers(seed);
  const torment = { ...parts, fleet, sites: stage.sites, remoteRegion, cuts, random, signal };
  const goalsMs: Record<string, number | null> = {};
  const faults = await inflictAll({
    faults: noted(kafkaFaults(torment, { kinds, rounds: minutes === null ? 1 : Infinity }), goalsMs),
    until: minutes === null ? Infinity : Date.now() + minutes * minuteMs,
    signal,
    tell,
  });
  const aftermath = await stage.end(cluster.client);
  await fleet.release();
  return {
    engine: 'kafka',
    system: `three Kafka brokers, two of each service, ${cluster.regions.length} regions, PostgreSQL`,
    ...aftermath,
    ...{ calmAt, faults, goalsMs, cuts },
    failures: stage.failures,
    rounds: await roundsOf(cluster),
    surprises: fleet.surprises,
  };
}

/** The same faults, with what each kind may cost written down. */
function* noted(faults: Iterable<Fault>, goalsMs: Record<string, number | null>): Generator<Fault> {
  for (const fault of faults) {
    goalsMs[fault.kind] = goals[fault.goal];
    yield fault;
  }
}
