/** Wires the scheduler. */
import { Module, type DynamicModule } from '@nestjs/common';
import { MonitorsHandler } from './monitors.handler.ts';
import { RegionWatch } from './region-watch.ts';
import { RoundsLoop } from './rounds.loop.ts';

@Module({})
export class SchedulerModule {
  static with(regions: RegionWatch): DynamicModule {
    return {
      module: SchedulerModule,
      controllers: [MonitorsHandler, RoundsLoop],
      providers: [{ provide: RegionWatch, useValue: regions }],
    };
  }
}
