/** The whole product as `npm start` runs it, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, type RunningProcess } from './processes.ts';
import { adminKey, RestClient } from './rest-client.ts';

export class SingleProcess {
  readonly directory: string;
  readonly client: RestClient;
  readonly #environment: Readonly<Record<string, string>>;
  #process: RunningProcess | null = null;
  #url = 'http://127.0.0.1:9';

  private constructor(directory: string, environment: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.client = new RestClient(() => this.#url);
    this.#environment = {
      QUORATE_DATA_DIR: join(directory, 'data'),
      QUORATE_HTTP_PORT: '0',
      QUORATE_ADMIN_KEY: adminKey,
      QUORATE_REGIONS: 'eu,us,ap',
      QUORATE_CANARIES: 'none',
      ...environment,
    };
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<SingleProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'quorate-e2e-'));
    const system = new SingleProcess(directory, environment);
    await system.startAgain();
    return system;
  }

  get process(): RunningProcess {
    if (this.#process === null) throw new Error('It was never started');
    return this.#process;
  }

  get url(): string {
    return this.#url;
  }

  /** Resolves when the ready screen has been shown. */
  async startAgain(): Promise<void> {
    const process = startProcess('apps/quorate/dist/main.js', this.#environment);
    this.#process = process;
    const [, url = ''] = await process.says(/API\s+(http:\/\/\S+)\/api\/v1/);
    this.#url = url;
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.process.killGroup();
  }

  async remove(): Promise<void> {
    await this.process.killGroup();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
