/** Starts the gateway of heartbeat monitors, which takes pings and votes: the part of the API without a database. */
import { Module, type DynamicModule } from '@nestjs/common';
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import type { OtherRoutes, RunningService, SecretBox } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { GatewayPartition } from './gateway-partition.ts';
import { GatewayHandler, Listener } from './gateway.handler.ts';
import { Hearing } from './hearing.ts';
import { PingDirectory } from './ping-directory.ts';
import { PingEndpoint } from './ping-endpoint.ts';

/** How long what arrives gathers before it is answered. */
const gatherMs = 100;

export interface GatewayDependencies {
  readonly log: DurableLog;
  readonly logger: Logger;
  readonly secretBox: SecretBox;
  /** Names this process among the gateways. */
  readonly gatewayId: string;
  readonly version: string;
  /** How often it says that it hears. */
  readonly intervalMs?: number;
}

export interface RunningGateway extends RunningService {
  /** Answers a request to a ping URL; false for any other, which is left alone. */
  readonly answer: OtherRoutes;
}

@Module({})
class GatewayModule {
  static with(listener: Listener): DynamicModule {
    const providers = [{ provide: Listener, useValue: listener }];
    return { module: GatewayModule, controllers: [GatewayHandler], providers };
  }
}

/** Resolves once it knows every token, and what could not be heard before it came. */
export async function startGateway(dependencies: GatewayDependencies): Promise<RunningGateway> {
  const { log, logger } = dependencies;
  const directory = new PingDirectory(dependencies);
  const hearing = new Hearing(dependencies);
  const endpoint = new PingEndpoint({ log, directory, logger });
  const strategy = new PartitionTaskStrategy<GatewayPartition>({
    log,
    service: 'gateway',
    group: 'gateway',
    tables: ['pings'],
    streams: ['checks', 'manual-checks'],
    stateTopic: null,
    guarantee: 'at-least-once',
    gatherMs,
    createState: () => new GatewayPartition(),
  });
  await Promise.all([directory.caughtUp, hearing.start()]);
  const application = await hostPartitionTasks(
    GatewayModule.with(new Listener({ ...dependencies, hearing })),
    strategy,
  );
  return {
    name: 'gateway',
    answer: (request, response) => endpoint.answer(request, response),
    health: () => {
      if (!hearing.isHeard) return { ready: false, detail: 'waits for the log to take its sign of life' };
      return { ready: strategy.ready, detail: `hears pings, and votes on ${strategy.partitions.length} partitions` };
    },
    close: async () => {
      await hearing.stop();
      await application.close();
      await directory.close();
    },
  };
}
