/** Wires the dispatcher. */
import { Module, type DynamicModule } from '@nestjs/common';
import { AlertsHandler } from './alerts.handler.ts';
import { CommandsHandler } from './commands.handler.ts';
import { DeliveriesHandler } from './deliveries.handler.ts';
import { ChannelDirectory } from './channel-directory.ts';
import { SendingLoop, sendingTools, type SendingTools } from './sending.loop.ts';

@Module({})
export class DispatcherModule {
  static with(tools: SendingTools): DynamicModule {
    return {
      module: DispatcherModule,
      controllers: [DeliveriesHandler, AlertsHandler, CommandsHandler, SendingLoop],
      providers: [
        { provide: ChannelDirectory, useValue: tools.channels },
        { provide: sendingTools, useValue: tools },
      ],
    };
  }
}
