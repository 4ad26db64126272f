/** Wires the projector. */
import { Module, type DynamicModule } from '@nestjs/common';
import type { DurableLog } from '@quorate/bus';
import type { Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';
import { AlertsHandler } from './alerts.handler.ts';
import { DeliveriesHandler } from './deliveries.handler.ts';
import { Projection } from './projection.ts';
import { VerdictsHandler } from './verdicts.handler.ts';

export interface ProjectorDependencies {
  readonly log: DurableLog;
  readonly database: DataSource;
  readonly logger: Logger;
}

@Module({})
export class ProjectorModule {
  static over({ database, log, logger }: ProjectorDependencies): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [AlertsHandler, DeliveriesHandler, VerdictsHandler],
      providers: [{ provide: Projection, useValue: new Projection({ database, log, logger }) }],
    };
  }
}
