/** Runs the projector: partition tasks that keep their positions in the database. */
import type { INestMicroservice } from '@nestjs/common';
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import type { Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';
import { positionsOf } from './projection.ts';
import { ProjectorModule } from './projector.module.ts';

const gatherMs = 100;

export interface ProjectorDependencies {
  readonly log: DurableLog;
  readonly database: DataSource;
  readonly logger: Logger;
}

export interface RunningProjector {
  /** Whether every partition that fell to this process is being read. */
  readonly ready: boolean;
  close(): Promise<void>;
}

export async function startProjector({ log, database, logger }: ProjectorDependencies): Promise<RunningProjector> {
  const strategy = new PartitionTaskStrategy<null>({
    log,
    service: 'api',
    group: 'projector',
    tables: [],
    streams: ['verdicts', 'alerts', 'deliveries'],
    stateTopic: null,
    guarantee: 'external',
    gatherMs,
    createState: () => null,
    positions: (partition) => positionsOf(database, partition),
  });
  const application: INestMicroservice = await hostPartitionTasks(ProjectorModule.over(database, logger), strategy);
  return {
    get ready() {
      return strategy.ready;
    },
    close: () => application.close(),
  };
}
