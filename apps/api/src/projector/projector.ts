/** Runs the projector: partition tasks that keep their positions in the database. */
import type { INestMicroservice } from '@nestjs/common';
import { hostPartitionTasks, PartitionTaskStrategy } from '@quorate/bus';
import type { TopicName } from '@quorate/contracts';
import { positionsOf } from './projection.ts';
import { ProjectorModule, type ProjectorDependencies } from './projector.module.ts';

const gatherMs = 100;

export const projectedTopics = ['verdicts', 'alerts', 'deliveries'] as const satisfies readonly TopicName[];

export interface RunningProjector {
  /** Whether every partition that fell to this process is being read. */
  readonly ready: boolean;
  close(): Promise<void>;
}

export async function startProjector(dependencies: ProjectorDependencies): Promise<RunningProjector> {
  const { log, database } = dependencies;
  const strategy = new PartitionTaskStrategy<null>({
    log,
    service: 'api',
    group: 'projector',
    tables: [],
    streams: projectedTopics,
    stateTopic: null,
    guarantee: 'external',
    gatherMs,
    createState: () => null,
    positions: (partition) => positionsOf(database, partition),
  });
  const application: INestMicroservice = await hostPartitionTasks(ProjectorModule.over(dependencies), strategy);
  return {
    get ready() {
      return strategy.ready;
    },
    close: () => application.close(),
  };
}
