/** The product on Kafka: each service a process of its own, started and killed as an operator's tools would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type KafkaCluster } from '@quorate/kafka-broker';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { startProcess, type RunningProcess } from './processes.ts';
import { adminKey, RestClient } from './rest-client.ts';

interface Replica {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

const secretKey = Buffer.alloc(32, 5).toString('base64');

export class Cluster {
  readonly client = new RestClient(() => this.#url);
  readonly #kafka: KafkaCluster;
  readonly #postgres: EmbeddedPostgres;
  readonly #home: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #running = new Map<string, RunningProcess>();
  #url = 'http://127.0.0.1:9';

  private constructor(
    { kafka, postgres, home }: { kafka: KafkaCluster; postgres: EmbeddedPostgres; home: string },
    environment: Readonly<Record<string, string>>,
  ) {
    this.#kafka = kafka;
    this.#postgres = postgres;
    this.#home = home;
    this.#environment = environment;
  }

  /**
   * One scheduler, a prober in each of three regions, two aggregators, two dispatchers and the API. `environment` is
   * set for all of them.
   */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Cluster> {
    const home = await mkdtemp(join(tmpdir(), 'quorate-cluster-'));
    const [kafka, postgres] = await Promise.all([
      startKafka({ brokers: 1 }),
      startEmbeddedPostgres({ directory: join(home, 'postgres') }),
    ]);
    const cluster = new Cluster({ kafka, postgres, home }, environment);
    const names = ['scheduler-1', 'prober-eu', 'prober-us', 'prober-ap'];
    const pairs = ['aggregator-1', 'aggregator-2', 'dispatcher-1', 'dispatcher-2'];
    await Promise.all([...names, ...pairs, 'api-1'].map((name) => cluster.startReplica(name)));
    await cluster.client.untilRegionsLive('eu', 'us', 'ap');
    return cluster;
  }

  get brokers(): readonly string[] {
    return this.#kafka.brokers;
  }

  /** `name` is `<service>-<replica>`; of a prober the replica names the region. Resolves when it is ready. */
  async startReplica(name: string): Promise<void> {
    const { program, environment } = this.#replicaOf(name);
    const process = startProcess(program, environment);
    this.#running.set(name, process);
    await process.says(/"message":"Started"/, 60_000);
    if (name.startsWith('api')) this.#url = (await process.says(/"url":"([^"]+)"/))[1] ?? this.#url;
  }

  replica(name: string): RunningProcess {
    const process = this.#running.get(name);
    if (process === undefined) throw new Error(`${name} does not run`);
    return process;
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.killGroup()));
    await Promise.all([this.#postgres.stop(), this.#kafka.stop()]);
    await rm(this.#home, { recursive: true, force: true });
  }

  #replicaOf(name: string): Replica {
    const [service = '', replica = ''] = name.split('-');
    return {
      program: `apps/${service}/dist/main.js`,
      environment: {
        KAFKA_BROKERS: this.#kafka.brokers.join(','),
        DATABASE_URL: this.#postgres.url,
        QUORATE_HTTP_PORT: '0',
        QUORATE_INSTANCE: name,
        QUORATE_ADMIN_KEY: adminKey,
        QUORATE_SECRET_KEY: secretKey,
        QUORATE_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
        QUORATE_CANARIES: 'none',
        ...this.#environment,
        ...(service === 'prober' ? { QUORATE_REGION: replica } : {}),
      },
    };
  }
}
