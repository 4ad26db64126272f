/** Wires the projector. */
import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';
import { loggerToken } from '../logger.token.ts';
import { AlertsHandler } from './alerts.handler.ts';
import { DeliveriesHandler } from './deliveries.handler.ts';
import { Projection } from './projection.ts';
import { VerdictsHandler } from './verdicts.handler.ts';

@Module({})
export class ProjectorModule {
  static over(database: DataSource, logger: Logger): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [AlertsHandler, DeliveriesHandler, VerdictsHandler],
      providers: [
        { provide: Projection, useValue: new Projection(database, logger) },
        { provide: loggerToken, useValue: logger },
      ],
    };
  }
}
