/** Wires the scheduler. */
import { Module, type DynamicModule } from '@nestjs/common';
import { MonitorsHandler } from './monitors.handler.ts';
import { PingsHandler } from './pings.handler.ts';
import { RoundsLoop } from './rounds.loop.ts';
import { SettledRegions } from './settled-regions.ts';

@Module({})
export class SchedulerModule {
  static with(regions: SettledRegions): DynamicModule {
    return {
      module: SchedulerModule,
      controllers: [MonitorsHandler, PingsHandler, RoundsLoop],
      providers: [{ provide: SettledRegions, useValue: regions }],
    };
  }
}
