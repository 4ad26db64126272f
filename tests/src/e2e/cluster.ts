/** The product on Kafka: each service a process of its own, started and killed as an operator's tools would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { startProcess, type RunningProcess } from './processes.ts';
import { adminKey, RestClient } from './rest-client.ts';

const secretKey = Buffer.alloc(32, 5).toString('base64');
const readyMsMax = 120_000;

const replicasDefault = [
  ...['scheduler-1', 'prober-eu', 'prober-us', 'prober-ap', 'aggregator-1', 'aggregator-2'],
  ...['dispatcher-1', 'dispatcher-2', 'api-1'],
];

export interface ClusterSettings {
  /** Brokers that Quorate has not used yet. */
  readonly brokers: readonly string[];
  /** `<service>-<number>`; of a prober `prober-<region>`, or `prober-<region>-<number>` where there are several. */
  readonly replicas?: readonly string[];
  /** Set for all processes. */
  readonly environment?: Readonly<Record<string, string>>;
  /** By region, how its probers reach the brokers where that is another way. */
  readonly detours?: Readonly<Record<string, readonly string[]>>;
}

function regionOf(name: string): string {
  return name.split('-')[1] ?? '';
}

export class Cluster {
  readonly client = new RestClient(() => this.apiUrls.at(-1) ?? 'http://127.0.0.1:9');
  readonly regions: readonly string[];
  readonly #home: string;
  readonly #settings: ClusterSettings;
  readonly #running = new Map<string, RunningProcess>();
  #postgres: EmbeddedPostgres;
  /** By API. */
  readonly #urls = new Map<string, string>();

  private constructor(settings: ClusterSettings, home: string, postgres: EmbeddedPostgres) {
    this.#settings = settings;
    this.#home = home;
    this.#postgres = postgres;
    this.regions = [...new Set(this.names.filter((name) => name.startsWith('prober-')).map(regionOf))];
  }

  /** By default one of each service, a prober in each of three regions, and two aggregators and dispatchers. */
  static async start(settings: ClusterSettings): Promise<Cluster> {
    const home = await mkdtemp(join(tmpdir(), 'quorate-cluster-'));
    const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') });
    const cluster = new Cluster(settings, home, postgres);
    try {
      await Promise.all(cluster.names.map((name) => cluster.startReplica(name)));
      await cluster.client.untilRegionsLive(...cluster.regions);
    } catch (error) {
      await cluster.remove();
      throw error;
    }
    return cluster;
  }

  get brokers(): readonly string[] {
    return this.#settings.brokers;
  }

  /** The one that was started last is the last. */
  get apiUrls(): readonly string[] {
    return [...this.#urls.values()];
  }

  get names(): readonly string[] {
    return this.#settings.replicas ?? replicasDefault;
  }

  /** Resolves when it is ready. */
  async startReplica(name: string): Promise<void> {
    const [service = ''] = name.split('-');
    const process = startProcess(`apps/${service}/dist/main.js`, this.#environmentOf(name));
    this.#running.set(name, process);
    await process.says(/"message":"Started"/, readyMsMax);
    if (service !== 'api') return;
    const [, url = ''] = await process.says(/"url":"([^"]+)"/);
    this.#urls.delete(name);
    this.#urls.set(name, url);
  }

  replica(name: string): RunningProcess {
    const process = this.#running.get(name);
    if (process === undefined) throw new Error(`${name} does not run`);
    return process;
  }

  async stopDatabase(): Promise<void> {
    await this.#postgres.stop();
  }

  async startDatabase(): Promise<void> {
    this.#postgres = await startEmbeddedPostgres({ directory: join(this.#home, 'postgres') });
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.killGroup()));
    await this.#postgres.stop();
    await rm(this.#home, { recursive: true, force: true });
  }

  #environmentOf(name: string): Record<string, string> {
    return {
      KAFKA_BROKERS: (this.#detourOf(name) ?? this.brokers).join(','),
      DATABASE_URL: this.#postgres.url,
      QUORATE_HTTP_PORT: '0',
      QUORATE_INSTANCE: name,
      QUORATE_ADMIN_KEY: adminKey,
      QUORATE_SECRET_KEY: secretKey,
      QUORATE_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
      QUORATE_CANARIES: 'none',
      ...this.#settings.environment,
      ...(name.startsWith('prober-') ? { QUORATE_REGION: regionOf(name) } : {}),
    };
  }

  #detourOf(name: string): readonly string[] | undefined {
    return name.startsWith('prober-') ? this.#settings.detours?.[regionOf(name)] : undefined;
  }
}
