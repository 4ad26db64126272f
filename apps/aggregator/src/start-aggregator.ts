/** Starts the aggregator: it counts votes, decides verdicts, opens and resolves incidents, Quorate's own among them. */
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import type { Instant, MonitorRecord } from '@quorate/contracts';
import { RegionWatch, type RunningService } from '@quorate/runtime';
import { regionsOfRound } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';
import { AggregatorModule } from './aggregator.module.ts';
import { AggregatorPartition } from './aggregator-partition.ts';
import { MaintenanceWatch } from './maintenance-watch.ts';
import { PartitionReports } from './partition-reports.ts';
import { startPlatformTask } from './platform/start-platform-task.ts';

/** How long votes gather before they are decided upon. */
const gatherMs = 100;

export interface AggregatorDependencies {
  readonly log: DurableLog;
  readonly logger: Logger;
}

/** Resolves once its group is joined. One aggregator owns a partition at a time; what it decides is one step. */
export async function startAggregator({ log, logger }: AggregatorDependencies): Promise<RunningService> {
  const regions = new RegionWatch(log, logger);
  const maintenance = new MaintenanceWatch(log, logger);
  await Promise.all([regions.caughtUp, maintenance.caughtUp]);
  const regionsOf = (monitor: MonitorRecord, now: Instant) => regionsOfRound(monitor.regions, regions.known(now));
  const reports = new PartitionReports();
  const strategy = new PartitionTaskStrategy<AggregatorPartition>({
    log,
    service: 'aggregator',
    group: 'aggregator',
    tables: ['monitors'],
    streams: ['checks', 'manual-checks', 'votes', 'commands'],
    stateTopic: 'monitor-state',
    guarantee: 'exactly-once',
    gatherMs,
    createState: (partition) => {
      const state = new AggregatorPartition({ partition, regionsOf, maintenance, reports, logger });
      reports.add(partition, state);
      return state;
    },
    onEnd: (state, partition) => reports.remove(partition, state),
  });
  const application = await hostPartitionTasks(AggregatorModule, strategy);
  const platform = await startPlatformTask(log, logger);
  return {
    name: 'aggregator',
    health: () => {
      const andMore = platform.isHere ? ' and for the installation' : '';
      const detail = `decides for ${strategy.partitions.length} partitions${andMore}`;
      return { ready: strategy.ready && platform.ready, detail };
    },
    close: async () => {
      await Promise.all([application.close(), platform.close()]);
      await Promise.all([regions.close(), maintenance.close()]);
    },
  };
}
