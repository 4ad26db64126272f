/** The REST interface as a client sees it. */
import { until } from './until.ts';

export const adminKey = 'qrt_admin_for_the_specs_only_0123456789';

const callMsMax = 20_000;
const liveMsMax = 60_000;

interface Vote {
  readonly region: string;
  readonly outcome: string;
  readonly reason: string | null;
}
export interface Round {
  readonly dueAt: string;
  readonly kind: string;
  readonly verdict: string;
  readonly expectedRegions: readonly string[];
  readonly votes: readonly Vote[];
}
export interface Monitor {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly timeToAlertSecondsMax: number;
}
export interface Incident {
  readonly id: string;
  readonly status: string;
  readonly monitorId: string;
  readonly regions: readonly string[];
  readonly timeline: readonly { readonly type: string }[];
}
export interface Region {
  readonly name: string;
  readonly state: string;
}

/** What differs between log and database, and what was put right lately. */
export interface Audit {
  readonly items: readonly { readonly kind: string; readonly count: number; readonly samples: readonly object[] }[];
  /** Null before the first pass. */
  readonly passedAt: string | null;
  readonly repairs: readonly { readonly kind: string; readonly subjects: readonly string[] }[];
}
interface DeadMansSwitch {
  readonly url: string;
  readonly intervalSeconds: number;
  readonly drill?: {
    readonly everyMinutes: number;
    readonly downSeconds: number;
    readonly channelIds: readonly string[];
  };
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export class RestClient {
  readonly #base: () => string;

  /** `url` may change when the process behind it is started again. */
  constructor(url: () => string) {
    this.#base = url;
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#base()}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callMsMax),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  }

  async addChannel(url: string, more: object = {}): Promise<string> {
    const channel = { name: 'On call', type: 'pagerduty', pagerduty: { routingKey: 'R0UT1NG', url }, ...more };
    return (await this.call<{ id: string }>('POST', '/channels', channel)).id;
  }

  /** Short rhythms, so that a suite ends today. */
  async addMonitor(url: string, channelIds: readonly string[], more: object = {}): Promise<Monitor> {
    return this.call<Monitor>('POST', '/monitors', {
      name: 'Shop',
      type: 'http',
      intervalSeconds: 5,
      timeoutSeconds: 2,
      http: { url },
      decision: { confirmations: 3, confirmIntervalSeconds: 1, recoveries: 2 },
      channelIds,
      ...more,
    });
  }

  monitor(id: string): Promise<Monitor> {
    return this.call<Monitor>('GET', `/monitors/${id}`);
  }

  /** All of them, page by page. */
  async monitors(): Promise<readonly Monitor[]> {
    const monitors: Monitor[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Page<Monitor> = await this.call('GET', `/monitors${query}`);
      monitors.push(...page.items);
      cursor = page.nextCursor;
    }
    return monitors;
  }

  async rounds(id: string): Promise<readonly Round[]> {
    return (await this.call<Page<Round>>('GET', `/monitors/${id}/rounds`)).items;
  }

  async incidents(monitorId: string): Promise<readonly Incident[]> {
    return (await this.call<Page<Incident>>('GET', `/incidents?monitorId=${monitorId}`)).items;
  }

  async regions(): Promise<readonly Region[]> {
    return (await this.call<Page<Region>>('GET', '/regions')).items;
  }

  audit(): Promise<Audit> {
    return this.call<Audit>('GET', '/audit-findings');
  }

  async setDeadMansSwitch(deadMansSwitch: DeadMansSwitch): Promise<void> {
    await this.call('PATCH', '/settings', { deadMansSwitch });
  }

  async untilStatus(id: string, status: string, withinMs: number): Promise<void> {
    await until(async () => (await this.monitor(id)).status === status, {
      withinMs,
      what: `the monitor to be ${status}`,
      instead: async () => [await this.monitor(id), (await this.rounds(id)).slice(0, 5)],
    });
  }

  async untilRegionsLive(...names: readonly string[]): Promise<void> {
    const live = async (): Promise<boolean> => {
      const regions = await this.regions();
      return names.every((name) => regions.some((region) => region.name === name && region.state === 'live'));
    };
    await until(live, { withinMs: liveMsMax, what: `${names.join(', ')} to be live`, instead: () => this.regions() });
  }
}
