/** Everything that one run consists of, made from its scenario. */
import { topicSettings } from '@quorate/bus';
import { SimulatedCluster, type Random } from '@quorate/testing';
import { setReceiverOfRun } from '../host/receiver-of-run.ts';
import { SimulatedApi } from './api.ts';
import { Conditions } from './conditions.ts';
import { Conductor, sessionMs } from './conductor.ts';
import { Fleet } from './fleet.ts';
import { SimulatedGateway } from './gateway.ts';
import { Ledger } from './ledger.ts';
import { SimulatedPagerDuty } from './pagerduty.ts';
import { SimulatedProber } from './prober.ts';
import type { Scenario } from './scenario.ts';
import { Trace } from './trace.ts';
import { Truth } from './truth.ts';
import { witnessesOf } from '../witness/witness.ts';
import { wordsOf } from './wording.ts';

/** Records that say nothing new to a reader. */
const untold = new Set(['heartbeats', 'partition-reports']);
/** Sealed anew each time, with a nonce that nobody can foresee. */
const sealed = new Set(['directory']);
const groupHeartbeatMs = 2_000;

export interface World {
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly truth: Truth;
}

interface Stage {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly ledger: Ledger;
}

function clusterOf({ scenario, random, ledger }: Stage, conditions: Conditions): SimulatedCluster {
  const taken = random.fork('taken');
  const { trace } = ledger;
  const now = (): number => cluster.time.now;
  const cluster: SimulatedCluster = new SimulatedCluster({
    now: scenario.startAt,
    conditions,
    timings: { heartbeatMs: groupHeartbeatMs, idleGatherMs: scenario.idleGatherMs },
    sessionMsMax: sessionMs,
    takenMax: () => taken.between(1, scenario.takenMax),
    onWritten: (record, transaction) => {
      ledger.written.push({ record, transaction });
      const { topic, partition, offset, key, value } = record;
      trace.mark(now(), `${topic} ${partition} ${offset} ${key} ${sealed.has(topic) ? '' : value}`);
      if (!untold.has(topic)) trace.tell(now(), () => wordsOf(record));
    },
  });
  for (const topic of topicSettings(scenario.partitionCount)) cluster.broker.ensureTopic(topic);
  return cluster;
}

export function worldOf(scenario: Scenario, random: Random, tell: ((line: string) => void) | null): World {
  const ledger = new Ledger(new Trace(scenario.startAt, tell));
  const conditions = new Conditions(random.fork('network'), ledger, () => cluster.time.now);
  const cluster: SimulatedCluster = clusterOf({ scenario, random, ledger }, conditions);
  const { time } = cluster;
  const { skewMsMax, regions, probersPerRegion, replicas } = scenario;
  const pagerDuty = new SimulatedPagerDuty({ time, random: random.fork('pagerduty'), ledger, conditions });
  setReceiverOfRun(pagerDuty);
  const truth = new Truth(scenario);
  const api = new SimulatedApi(cluster, ledger, scenario);
  const proberOf = (region: string, index: number): SimulatedProber => {
    const chance = random.fork(`${region}-${index}`);
    return new SimulatedProber({ cluster, ledger, truth, random: chance, skewMsMax, region, index, conditions });
  };
  const probers = new Map(
    regions.map((region) => [region, Array.from({ length: probersPerRegion }, (_, index) => proberOf(region, index))]),
  );
  if (scenario.jobs.length > 0) new SimulatedGateway(cluster, scenario);
  const witnesses = witnessesOf({ cluster, ledger, regions, random: random.fork('witness') });
  const fleet = new Fleet({ cluster, ledger, random: random.fork('fleet'), skewMsMax, witnesses }, replicas);
  new Conductor({ scenario, cluster, ledger, conditions, fleet, probers, pagerDuty, truth, api });
  return { cluster, ledger, truth };
}
