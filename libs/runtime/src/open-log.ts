/** Opens the log that the configuration names, with every topic in place. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedLog, openKafkaLog, topicSettings, type DurableLog } from '@quorate/bus';
import { partitionCountDefault } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';

export interface LogSettings {
  /** One of the two says which engine. */
  readonly place: { readonly kafkaBrokers: readonly string[] } | { readonly dataDirectory: string };
  readonly service: string;
  /** The configured name of this replica, by which a restarted process takes its predecessor's place at once. */
  readonly instance: string | null;
  readonly logger: Logger;
  /** The log can't go on in this process; it has to end and be started anew. */
  onFatal(error: unknown): void;
}

/** The part of the data directory that is the log's own. */
const logFolder = 'log';

/** What targets answered is nobody else's business on this machine. */
async function privateFolder(path: string): Promise<string> {
  // What is wrong with the place, the log itself says best.
  await mkdir(path, { recursive: true, mode: 0o700 }).catch(() => undefined);
  return path;
}

async function openEngine(settings: LogSettings): Promise<DurableLog> {
  const { place, service, instance, logger } = settings;
  const hearing = {
    onFatal: (error: unknown) => settings.onFatal(error),
    report: (message: string, fields: Readonly<Record<string, unknown>>) => logger.warn(message, fields),
  };
  if ('dataDirectory' in place) {
    return openEmbeddedLog({ directory: await privateFolder(join(place.dataDirectory, logFolder)), ...hearing });
  }
  return openKafkaLog({ brokers: place.kafkaBrokers, clientId: `quorate-${service}`, instance, ...hearing });
}

/** @throws QuorateError that names the fault and its remedy when the log can't be opened as it is configured. */
export async function openLog(settings: LogSettings): Promise<DurableLog> {
  const log = await openEngine(settings);
  try {
    await log.ensureTopics(topicSettings(partitionCountDefault));
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}
