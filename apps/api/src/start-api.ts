/** Starts the API: database, outbox, projector and HTTP, in the order in which each needs the one before. */
import type { DurableLog } from '@quorate/bus';
import {
  RegionWatch,
  type HealthByName,
  type OtherRoutes,
  type RunningService,
  type SecretBox,
  type ServiceHealth,
} from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { ApiModule, operations } from './api.module.ts';
import { auditTimingsDefault, type AuditTimings } from './auditor/audit-schedule.ts';
import { Auditor } from './auditor/auditor.ts';
import { ClosedRounds } from './checks/closed-rounds.ts';
import { openDatabase, type DatabaseOptions } from './database/database.ts';
import { startServer } from './http/server.ts';
import { appendSettleMsDefault, OutboxRelay } from './outbox/outbox-relay.ts';
import { startProjector } from './projector/projector.ts';
import { PartitionWatch } from './regions/partition-watch.ts';
import { Retention } from './rounds/retention.ts';

/** How long the API waits for what; a spec is not as patient. */
export interface ApiTimings {
  /** How long after it was given up an append to the log may still come. */
  readonly appendSettleMs: number;
  readonly audit: AuditTimings;
}

const timingsDefault: ApiTimings = { appendSettleMs: appendSettleMsDefault, audit: auditTimingsDefault };

export interface ApiDependencies {
  /** Its topics are in place. */
  readonly log: DurableLog;
  readonly logger: Logger;
  readonly database: DatabaseOptions;
  readonly httpHost: string;
  /** 0 takes a free one; `url` says which. */
  readonly httpPort: number;
  readonly adminKey: string;
  readonly secretBox: SecretBox;
  readonly version: string;
  /** The gateway's: it answers ping URLs before all else. */
  readonly answerPing: OtherRoutes;
  /** How the other services of this process are, for `/readyz`. */
  readonly otherHealth?: () => HealthByName;
  /** Called once, when nothing is left to do but to listen: whoever answers on the port meanwhile gives it up. */
  readonly beforeListening?: () => Promise<void>;
  readonly timings?: Partial<ApiTimings>;
}

export interface RunningApi extends RunningService {
  readonly url: string;
}

type Close = () => Promise<void>;

/** @throws DatabaseUnreachableError, DatabaseRefusedError, ConfigurationError when it cannot start. */
export async function startApi(dependencies: ApiDependencies): Promise<RunningApi> {
  const closing: Close[] = [];
  try {
    return await start(dependencies, closing);
  } catch (error) {
    await closeAll(closing, dependencies.logger);
    throw error;
  }
}

async function start(dependencies: ApiDependencies, closing: Close[]): Promise<RunningApi> {
  const { log, logger, httpHost, httpPort, adminKey, secretBox, version, otherHealth, answerPing } = dependencies;
  const database = await openDatabase(dependencies.database, logger);
  closing.unshift(() => database.destroy());

  const { appendSettleMs, audit } = { ...timingsDefault, ...dependencies.timings };
  const relay = new OutboxRelay({ database, log, logger, appendSettleMs });
  relay.start();
  closing.unshift(() => relay.close());

  const regions = new RegionWatch(log, logger);
  closing.unshift(() => regions.close());
  await regions.caughtUp;

  const partitions = new PartitionWatch(log, logger);
  closing.unshift(() => partitions.close());
  await partitions.caughtUp;

  const closedRounds = new ClosedRounds();
  closing.unshift(() => closedRounds.close());
  await closedRounds.start(log);

  const projector = await startProjector({ log, database, logger });
  closing.unshift(() => projector.close());

  const retention = new Retention(database, logger);
  retention.start();
  closing.unshift(() => retention.close());

  const auditor = new Auditor({ database, log, relay, logger, timings: audit });
  auditor.start();
  closing.unshift(() => auditor.close());

  const health = (): ServiceHealth => healthOf(relay.failure, projector.ready);
  const parts = { database, log, relay, regions, partitions, closedRounds, secretBox, adminKey, version };
  const module = ApiModule.over({ ...parts, healthOf: () => ({ ...otherHealth?.(), api: health() }) });
  await dependencies.beforeListening?.();
  const place = { host: httpHost, port: httpPort };
  const server = await startServer(module, { ...place, adminKey, logger, operations, answerPing });
  closing.unshift(() => server.close());

  return { name: 'api', url: server.url, health, close: () => closeAll(closing, logger) };
}

function healthOf(outboxFailure: string | null, projectorReady: boolean): ServiceHealth {
  if (outboxFailure !== null) return { ready: false, detail: outboxFailure };
  if (!projectorReady) return { ready: false, detail: 'The projector waits for its partitions.' };
  return { ready: true, detail: 'Serves requests; the read model follows the log.' };
}

/** Newest first; a part that cannot be closed does not keep the others open. */
async function closeAll(closing: Close[], logger: Logger): Promise<void> {
  for (const close of closing.splice(0)) {
    await close().catch((error: unknown) => logger.error('A part of the API could not be closed', { error }));
  }
}
