/** Wires the routes. */
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { DurableLog } from '@quorate/bus';
import { RegionWatch, type HealthByName, type SecretBox } from '@quorate/runtime';
import { DataSource } from 'typeorm';
import { AuditController } from './auditor/audit.controller.ts';
import { ChannelsController } from './channels/channels.controller.ts';
import { ChannelsService } from './channels/channels.service.ts';
import { ChecksController } from './checks/checks.controller.ts';
import { ChecksService } from './checks/checks.service.ts';
import type { ClosedRounds } from './checks/closed-rounds.ts';
import { Commands } from './commands.ts';
import { UnitOfWork } from './database/unit-of-work.ts';
import { pingOperations } from './gateway/ping.operations.ts';
import { DeliveriesController } from './deliveries/deliveries.controller.ts';
import { AnswerInterceptor } from './http/answer.interceptor.ts';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.ts';
import { operationsOf } from './http/routing.ts';
import { IncidentsController } from './incidents/incidents.controller.ts';
import { IncidentsService } from './incidents/incidents.service.ts';
import { MaintenanceWindowsController } from './maintenance-windows/maintenance-windows.controller.ts';
import { MaintenanceWindowsService } from './maintenance-windows/maintenance-windows.service.ts';
import { MonitorsController } from './monitors/monitors.controller.ts';
import { MonitorsService } from './monitors/monitors.service.ts';
import { openApiDocument } from './openapi/document.ts';
import { DocumentationController } from './openapi/documentation.controller.ts';
import { OpenApiSource } from './openapi/open-api-source.ts';
import { HealthSource, OperationsController } from './operations/operations.controller.ts';
import type { OutboxRelay } from './outbox/outbox-relay.ts';
import { PartitionWatch } from './regions/partition-watch.ts';
import { RegionsController } from './regions/regions.controller.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { SettingsService } from './settings/settings.service.ts';

const controllers = [
  MonitorsController,
  ChecksController,
  ChannelsController,
  MaintenanceWindowsController,
  IncidentsController,
  DeliveriesController,
  RegionsController,
  AuditController,
  SettingsController,
  OperationsController,
  DocumentationController,
];

/** Every route there is. */
export const operations = operationsOf(controllers);

export interface ApiParts {
  readonly database: DataSource;
  readonly log: DurableLog;
  readonly relay: OutboxRelay;
  readonly regions: RegionWatch;
  readonly partitions: PartitionWatch;
  readonly closedRounds: ClosedRounds;
  readonly secretBox: SecretBox;
  readonly adminKey: string;
  readonly version: string;
  readonly healthOf: () => HealthByName;
}

@Module({})
export class ApiModule {
  static over(parts: ApiParts): DynamicModule {
    const { database, log, regions, secretBox, version, healthOf } = parts;
    const unitOfWork = new UnitOfWork(database, parts.relay);
    const provide = (token: abstract new (...collaborators: never[]) => object, useValue: object) => ({
      provide: token,
      useValue,
    });
    return {
      module: ApiModule,
      controllers,
      providers: [
        provide(DataSource, database),
        provide(RegionWatch, regions),
        provide(PartitionWatch, parts.partitions),
        provide(HealthSource, new HealthSource(healthOf)),
        provide(OpenApiSource, new OpenApiSource(openApiDocument([...operations, ...pingOperations], version))),
        provide(Commands, new Commands(log)),
        provide(MonitorsService, new MonitorsService(unitOfWork, log, secretBox)),
        provide(ChannelsService, new ChannelsService(unitOfWork, log, secretBox)),
        provide(MaintenanceWindowsService, new MaintenanceWindowsService(unitOfWork, log)),
        provide(IncidentsService, new IncidentsService(unitOfWork, log)),
        provide(SettingsService, new SettingsService({ database, unitOfWork, log, secretBox })),
        provide(ChecksService, new ChecksService(log, regions, parts.closedRounds)),
        { provide: APP_INTERCEPTOR, useValue: new AnswerInterceptor() },
        {
          provide: APP_INTERCEPTOR,
          useValue: new IdempotencyInterceptor({ database, secretBox, pepper: parts.adminKey }),
        },
      ],
    };
  }
}
