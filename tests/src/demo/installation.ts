/** Quorate as `npm start` runs it, in a folder that is gone afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess, type RunningProcess } from '../e2e/processes.ts';

const readyMsMax = 45_000;
const drainMsMax = 11_000;
const callMsMax = 5_000;
const outputLinesShown = 20;

export interface InstallationSettings {
  readonly regions: readonly string[];
  /** The address of an OTLP receiver. */
  readonly spansGoTo: string;
}

export class Installation {
  readonly #directory: string;
  readonly #process: RunningProcess;
  readonly #adminKey: string;
  #url = '';

  private constructor(directory: string, { regions, spansGoTo }: InstallationSettings) {
    this.#directory = directory;
    this.#adminKey = `demo_${randomBytes(24).toString('base64url')}`;
    this.#process = startProcess('apps/quorate/dist/main.js', {
      QUORATE_DATA_DIR: join(directory, 'data'),
      QUORATE_HTTP_PORT: '0',
      QUORATE_ADMIN_KEY: this.#adminKey,
      QUORATE_REGIONS: regions.join(','),
      QUORATE_CANARIES: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: spansGoTo,
    });
  }

  static async start(settings: InstallationSettings): Promise<Installation> {
    return new Installation(await mkdtemp(join(tmpdir(), 'quorate-demo-')), settings);
  }

  get url(): string {
    return this.#url;
  }

  /** Resolves when the ready screen was shown. */
  async ready(): Promise<void> {
    const ended = this.#process.exit.then(({ code, signal }) => {
      throw new Error(`Quorate ended with ${signal ?? `code ${code}`} before it was ready.`);
    });
    const screen = this.#process.says(/API\s+(http:\/\/\S+)\/api\/v1/, readyMsMax);
    const [, url = ''] = await Promise.race([screen, ended]);
    this.#url = url;
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callMsMax),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** The last that it wrote: why it failed, when it did. */
  lastWords(): string {
    return this.#process.output().trimEnd().split('\n').slice(-outputLinesShown).join('\n');
  }

  async close(): Promise<void> {
    this.#process.signal('SIGTERM');
    await Promise.race([this.#process.exit, delay(drainMsMax, undefined, { ref: false })]);
    await this.#process.killGroup();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
