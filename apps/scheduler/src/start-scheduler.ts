/** Starts the scheduler: it writes a check for every round that is due, and nothing else. */
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import { RegionWatch, type RunningService } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { positionOf } from './position.ts';
import { ScheduledPartition } from './scheduled-partition.ts';
import { SchedulerModule } from './scheduler.module.ts';
import { SettledRegions } from './settled-regions.ts';

/** How late a check may be written after its round was due, the log's own time aside. */
const tickMs = 250;

export interface SchedulerDependencies {
  readonly log: DurableLog;
  readonly logger: Logger;
}

/**
 * Resolves once its group is joined. Overlapping schedulers write the same rounds, and a repeat is nothing new to those
 * who read it, so it needs neither transactions nor a leader.
 */
export async function startScheduler({ log, logger }: SchedulerDependencies): Promise<RunningService> {
  const watch = new RegionWatch(log, logger);
  const regions = new SettledRegions(watch, { startedAt: log.now(), logger });
  const strategy = new PartitionTaskStrategy<ScheduledPartition>({
    log,
    service: 'scheduler',
    group: 'scheduler',
    tables: ['monitors', 'pings'],
    streams: [],
    stateTopic: null,
    guarantee: 'at-least-once',
    gatherMs: tickMs,
    createState: (partition) => new ScheduledPartition((now) => positionOf(log, partition, now)),
  });
  const application = await hostPartitionTasks(SchedulerModule.with(regions), strategy);
  return {
    name: 'scheduler',
    health: () => ({
      ready: strategy.ready && regions.settled,
      detail: `schedules ${strategy.partitions.length} partitions${regions.settled ? '' : ', waits for live regions'}`,
    }),
    close: async () => {
      await application.close();
      await watch.close();
    },
  };
}
