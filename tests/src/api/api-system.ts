/** The API over a real PostgreSQL and the embedded log, each in a folder of its own, with no other service around. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApi, startGateway, type ApiTimings, type RunningApi, type RunningGateway } from '@quorate/api';
import { openEmbeddedLog, topicSettings, type DurableLog, type LogRecord } from '@quorate/bus';
import { partitionOf, type TopicName } from '@quorate/contracts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { SecretBox } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { ApiClient } from './api-client.ts';

export const adminKey = 'administrator-of-the-specs';
const partitionCount = 3;
const waitMsMax = 15_000;

/** A record as another service would write it. */
export interface Told {
  readonly topic: TopicName;
  readonly key: string;
  readonly partitionKey?: string;
  readonly value: object | null;
}

export class ApiSystem {
  readonly secretBox = new SecretBox(randomBytes(32));
  readonly log: DurableLog;
  readonly #directory: string;
  #postgres: EmbeddedPostgres;
  #api: RunningApi | null = null;
  #gateway: RunningGateway | null = null;

  private constructor(directory: string, log: DurableLog, postgres: EmbeddedPostgres) {
    this.#directory = directory;
    this.log = log;
    this.#postgres = postgres;
  }

  static async start(timings: Partial<ApiTimings> = {}): Promise<ApiSystem> {
    const directory = await mkdtemp(join(tmpdir(), 'quorate-api-'));
    const onFatal = (error: Error) => {
      throw error;
    };
    const log = await openEmbeddedLog({ directory: join(directory, 'log'), onFatal });
    await log.ensureTopics(topicSettings(partitionCount));
    const system = new ApiSystem(directory, log, await startPostgres(directory));
    system.#gateway = await startGateway({ ...system.common, gatewayId: 'api-1' });
    await system.startApi(timings);
    return system;
  }

  get api(): RunningApi {
    if (this.#api === null) throw new Error('The API does not run');
    return this.#api;
  }

  get client(): ApiClient {
    return new ApiClient(this.api.url, adminKey);
  }

  get common() {
    return { log: this.log, logger: silentLogger, secretBox: this.secretBox, version: '0.0.0' };
  }

  get databaseUrl(): string {
    return this.#postgres.url;
  }

  async startApi(timings: Partial<ApiTimings> = {}): Promise<void> {
    this.#api = await this.startAnotherApi(timings);
    await until(() => this.api.health().ready);
  }

  /** A second instance beside the first. */
  startAnotherApi(timings: Partial<ApiTimings> = {}): Promise<RunningApi> {
    return startApi({
      ...this.common,
      database: this.#postgres.connection,
      httpHost: '127.0.0.1',
      httpPort: 0,
      adminKey,
      answerPing: (request, response) => this.#gateway?.answer(request, response) ?? false,
      timings,
    });
  }

  async stopApi(): Promise<void> {
    await this.api.close();
    this.#api = null;
  }

  async stopDatabase(): Promise<void> {
    await this.#postgres.stop();
  }

  async startDatabase(): Promise<void> {
    this.#postgres = await startPostgres(this.#directory);
  }

  /** Appends records as the services would that write these topics. */
  async say(...told: readonly Told[]): Promise<void> {
    for (const { topic, key, value, partitionKey = key } of told) {
      const partition = partitionOf(partitionKey, this.log.partitionCount(topic));
      await this.log.append([{ topic, partition, key, value: value === null ? null : JSON.stringify(value) }]);
    }
  }

  /** Everything that the log holds of a topic. */
  async records(topic: string): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    const follower = this.log.follow([topic], 'start', (arrived) => void records.push(...arrived));
    await follower.caughtUp;
    await follower.close();
    return records;
  }

  async remove(): Promise<void> {
    await this.#api?.close();
    await this.#gateway?.close();
    await this.#postgres.stop();
    await this.log.close();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function startPostgres(directory: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ directory: join(directory, 'postgres') });
}

/** Waits until `holds`; what it throws is the failure when it never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + waitMsMax;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`It did not come true in ${waitMsMax} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
