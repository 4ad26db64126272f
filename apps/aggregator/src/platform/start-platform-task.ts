/** Hosts the platform task: one for the installation, in whichever aggregator the group gives it to. */
import { Module } from '@nestjs/common';
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import type { Logger } from '@quorate/telemetry';
import { PlatformTask } from './platform-task.ts';
import { PlatformHandler } from './platform.handler.ts';

/** How often it decides. */
const gatherMs = 1_000;

@Module({ controllers: [PlatformHandler] })
class PlatformModule {}

interface RunningPlatformTask {
  readonly ready: boolean;
  /** Whether the task runs in this process. */
  readonly isHere: boolean;
  close(): Promise<void>;
}

export async function startPlatformTask(log: DurableLog, logger: Logger): Promise<RunningPlatformTask> {
  const partitionCount = log.partitionCount('monitors');
  const strategy = new PartitionTaskStrategy<PlatformTask>({
    log,
    service: 'aggregator',
    group: 'platform',
    tables: ['directory', 'heartbeats', 'partition-reports'],
    streams: ['platform-commands'],
    stateTopic: 'platform-state',
    guarantee: 'exactly-once',
    gatherMs,
    createState: () => new PlatformTask({ partitionCount, logger }),
    onEnd: (state) => state.end(),
  });
  const application = await hostPartitionTasks(PlatformModule, strategy);
  return {
    get ready() {
      return strategy.ready;
    },
    get isHere() {
      return strategy.partitions.length > 0;
    },
    close: () => application.close(),
  };
}
