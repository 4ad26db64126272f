/** All five services in one process, over one embedded log. */
import { openApi, refusePing, startGateway, type RunningApi, type RunningGateway } from '@quorate/api';
import type { DurableLog } from '@quorate/bus';
import { AddressGuard, allowLoopback, parseAllowList } from '@quorate/outbound';
import {
  openLog,
  serveOperations,
  version,
  type Closing,
  type HealthByName,
  type OperationsServer,
  type OtherRoutes,
} from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { openDataDirectory } from './data-directory.ts';
import { openDatabase } from './database.ts';
import { adminKeyFor, secretBoxFor, type AdminKey } from './keys.ts';
import { startMonitoring, type Monitoring } from './monitoring.ts';
import { isLoopback, type QuorateConfiguration } from './quorate.config.ts';

export interface SystemSettings {
  readonly configuration: QuorateConfiguration;
  readonly logger: Logger;
  readonly loggerFor: (service: string) => Logger;
  /** Collects how to end what was started, also when a later part does not start. */
  readonly closing: Closing;
  /** The process can't go on. */
  readonly onFatal: (error: unknown) => void;
}

export interface RunningSystem {
  readonly url: string;
  readonly adminKey: AdminKey;
  readonly dataDirectory: string;
  readonly database: 'embedded' | 'external';
  readonly regions: readonly string[];
  readonly log: DurableLog;
  /** Resolves when the API serves requests; it may have to wait for its database. */
  readonly api: Promise<RunningApi>;
}

/** What only this machine can ask to be probed may be on this machine. */
function guardFor({ QUORATE_HTTP_HOST, QUORATE_ALLOW_PRIVATE_TARGETS }: QuorateConfiguration): AddressGuard {
  const configured = parseAllowList(QUORATE_ALLOW_PRIVATE_TARGETS ?? '');
  const own = isLoopback(QUORATE_HTTP_HOST) ? allowLoopback.subnets : [];
  return new AddressGuard({ subnets: [...own, ...configured.subnets] });
}

function publicUrlOf({
  QUORATE_PUBLIC_URL,
  QUORATE_HTTP_HOST,
  QUORATE_HTTP_PORT,
}: QuorateConfiguration): string | null {
  if (QUORATE_PUBLIC_URL !== undefined) return QUORATE_PUBLIC_URL;
  return QUORATE_HTTP_PORT === 0 ? null : `http://${QUORATE_HTTP_HOST}:${QUORATE_HTTP_PORT}`;
}

/** What needs no database, as far as it has come up. */
interface Started {
  monitoring: Monitoring | null;
  gateway: RunningGateway | null;
}

function healthOf({ monitoring, gateway }: Started): HealthByName {
  return { ...monitoring?.health(), ...(gateway === null ? {} : { gateway: gateway.health() }) };
}

/** Answers on the port from the first moment on: it lives, and it is not ready. */
function openWaitingRoom(
  { QUORATE_HTTP_HOST: host, QUORATE_HTTP_PORT: port }: QuorateConfiguration,
  started: Started,
): Promise<OperationsServer> {
  const api = { ready: false, detail: 'Waits for its database.' };
  const health = (): HealthByName => ({ ...healthOf(started), api });
  const answerPing: OtherRoutes = (...exchange) => (started.gateway?.answer ?? refusePing)(...exchange);
  return serveOperations({ host, port }, health, answerPing);
}

function openSystemLog({ logger, onFatal }: Pick<SystemSettings, 'logger' | 'onFatal'>, dataDirectory: string) {
  return openLog({ place: { dataDirectory }, service: 'quorate', instance: null, logger, onFatal });
}

/** @throws QuorateError that names what is at fault; the data is as it was. */
export async function startSystem(settings: SystemSettings): Promise<RunningSystem> {
  const { configuration, logger, loggerFor, closing } = settings;
  const { QUORATE_REGIONS: regions, QUORATE_HTTP_HOST: httpHost } = configuration;
  const started: Started = { monitoring: null, gateway: null };
  const waitingRoom = await openWaitingRoom(configuration, started);
  closing.add(() => waitingRoom.close());
  const directory = await openDataDirectory(configuration.QUORATE_DATA_DIR);
  const log = await openSystemLog(settings, directory.path);
  closing.add(() => log.close());
  const adminKey = await adminKeyFor(directory, configuration.QUORATE_ADMIN_KEY);
  const secretBox = await secretBoxFor(directory, configuration.QUORATE_SECRET_KEY);
  const database = await openDatabase(configuration.DATABASE_URL, { directory: directory.path, logger });
  closing.add(() => database.close());
  const guard = guardFor(configuration);
  const publicUrl = publicUrlOf(configuration);
  const canaries = configuration.QUORATE_CANARIES;
  const monitoring = await startMonitoring({ log, loggerFor, regions, secretBox, guard, canaries, publicUrl });
  started.monitoring = monitoring;
  closing.add(() => monitoring.close());
  const gateway = await startGateway({ log, logger: loggerFor('gateway'), secretBox, gatewayId: 'api-1', version });
  started.gateway = gateway;
  closing.add(() => gateway.close());
  const apiParts = { log, logger: loggerFor('api'), database: database.options, httpHost, secretBox, version };
  const otherHealth = (): HealthByName => healthOf(started);
  const answerPing = gateway.answer;
  const api = openApi({ ...apiParts, adminKey: adminKey.key, otherHealth, answerPing }, waitingRoom);
  closing.add(() => api.close());
  const facts = { url: waitingRoom.url, adminKey, dataDirectory: directory.path, database: database.kind, regions };
  return { ...facts, log, api: api.started };
}
