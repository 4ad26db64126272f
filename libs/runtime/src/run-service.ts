/** The boot of one service as its own process on Kafka: configuration, log, service, operations endpoints. */
import type { DurableLog } from '@quorate/bus';
import { createLogger, startTelemetry, type Logger } from '@quorate/telemetry';
import { z } from 'zod';
import { readConfiguration, type Contradiction, type Environment } from './configuration.ts';
import { describeFailure, exitCodeOf } from './failure.ts';
import { instanceName } from './instance.ts';
import { endOnFatal, live, type Closing } from './lifecycle.ts';
import { openLog } from './open-log.ts';
import { serveOperations } from './operations.ts';
import type { RunningService, ServiceHealth } from './service.ts';
import { processSettingsSchema, settings, type ProcessSettings } from './settings.ts';
import { version } from './version.ts';

export interface ServiceStart<Configuration> {
  readonly configuration: Configuration;
  readonly log: DurableLog;
  readonly logger: Logger;
  /** This replica's name. */
  readonly instance: string;
  readonly version: string;
  /** Where the process listens. */
  readonly http: { readonly host: string; readonly port: number };
}

export interface ServiceDefinition<Schema extends z.ZodType> {
  readonly name: string;
  /** The settings that only this service reads, by their names in the environment. */
  readonly schema: Schema;
  readonly contradictions?: readonly Contradiction[];
  /** Whether the service answers `/healthz`, `/readyz` and `/metrics` on its own HTTP server. */
  readonly servesOperations?: boolean;
  start(start: ServiceStart<z.output<Schema>>): Promise<RunningService>;
}

const kafkaSchema = processSettingsSchema.extend({ KAFKA_BROKERS: settings.KAFKA_BROKERS.schema });
type KafkaSettings = ProcessSettings & { KAFKA_BROKERS: string[] };

interface Read<Configuration> {
  readonly common: KafkaSettings;
  readonly own: Configuration;
}

function read<Schema extends z.ZodType>(
  { schema, contradictions }: ServiceDefinition<Schema>,
  environment: Environment,
): Read<z.output<Schema>> {
  const both = z.any().transform((set, context) => {
    const common = kafkaSchema.safeParse(set);
    const own = schema.safeParse(set);
    const issues = [...(common.error?.issues ?? []), ...(own.error?.issues ?? [])];
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message });
    return { common: common.data, own: own.data } as Read<z.output<Schema>>;
  });
  return readConfiguration(both, environment, contradictions);
}

function readOrExit<Schema extends z.ZodType>(
  definition: ServiceDefinition<Schema>,
  environment: Environment,
): Read<z.output<Schema>> {
  try {
    return read(definition, environment);
  } catch (error) {
    process.stderr.write(`${describeFailure(definition.name, error)}\n`);
    process.exit(exitCodeOf(error));
  }
}

/** One process' way from its settings to a running service; it says what it waits for meanwhile. */
class ServiceProcess<Schema extends z.ZodType> {
  readonly #definition: ServiceDefinition<Schema>;
  readonly #settings: Read<z.output<Schema>>;
  readonly #logger: Logger;
  readonly #instance: string;
  #service: RunningService | null = null;
  #waitingFor = 'Its HTTP port';

  constructor(definition: ServiceDefinition<Schema>, settings: Read<z.output<Schema>>) {
    const { QUORATE_INSTANCE, QUORATE_LOG_LEVEL } = settings.common;
    this.#definition = definition;
    this.#settings = settings;
    this.#instance = instanceName(QUORATE_INSTANCE);
    this.#logger = createLogger(definition.name, { level: QUORATE_LOG_LEVEL }).child({ instance: this.#instance });
  }

  run(environment: Environment): Promise<void> {
    return live({
      name: this.#definition.name,
      logger: this.#logger,
      boot: (closing) => this.#boot(environment, closing),
      waitingFor: () => this.#waitingFor,
    });
  }

  get #http(): { host: string; port: number } {
    const { QUORATE_HTTP_HOST, QUORATE_HTTP_PORT } = this.#settings.common;
    return { host: QUORATE_HTTP_HOST, port: QUORATE_HTTP_PORT };
  }

  async #boot(environment: Environment, closing: Closing): Promise<void> {
    const { name } = this.#definition;
    const [logger, instance] = [this.#logger, this.#instance];
    const onFatal = endOnFatal(logger);
    const telemetry = await startTelemetry({ service: name, instance, version, environment, logger });
    closing.add(() => telemetry.shutdown());
    if (this.#definition.servesOperations !== true) await this.#serveOperations(closing);
    const { KAFKA_BROKERS: kafkaBrokers, QUORATE_INSTANCE } = this.#settings.common;
    this.#waitingFor = `Kafka at ${kafkaBrokers.join(', ')}`;
    const place = { kafkaBrokers };
    const log = await openLog({ place, service: name, instance: QUORATE_INSTANCE ?? null, logger, onFatal });
    closing.add(() => log.close());
    this.#waitingFor = `The ${name}`;
    const start = { configuration: this.#settings.own, log, logger, instance, version, http: this.#http };
    const service = await this.#definition.start(start);
    closing.add(() => service.close());
    this.#service = service;
    logger.info('Started', { version });
  }

  async #serveOperations(closing: Closing): Promise<void> {
    const operations = await serveOperations(this.#http, () => ({ [this.#definition.name]: this.#health() }));
    closing.add(() => operations.close());
    this.#logger.info('Operations endpoints are served', { url: operations.url });
  }

  #health(): ServiceHealth {
    return this.#service?.health() ?? { ready: false, detail: `Waiting: ${this.#waitingFor}` };
  }
}

/** Runs until a signal ends it; a failed boot says why and ends the process non-zero. */
export async function runService<Schema extends z.ZodType>(
  definition: ServiceDefinition<Schema>,
  environment: Environment,
): Promise<void> {
  await new ServiceProcess(definition, readOrExit(definition, environment)).run(environment);
}
