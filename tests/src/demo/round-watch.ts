/** Follows one monitor over the REST interface: its closed rounds, each once and in order, and its status. */
import type { Installation } from './installation.ts';

export interface Vote {
  readonly region: string;
  readonly outcome: 'up' | 'down' | 'abstain';
  readonly reason: string | null;
  readonly statusCode: number | null;
}

export interface Round {
  readonly dueAt: string;
  readonly kind: string;
  readonly verdict: 'up' | 'down' | 'inconclusive';
  readonly closedAt: string;
  readonly expectedRegions: readonly string[];
  readonly votes: readonly Vote[];
}

export class RoundWatch {
  readonly #installation: Installation;
  readonly #monitorId: string;
  readonly #seen = new Set<string>();

  constructor(installation: Installation, monitorId: string) {
    this.#installation = installation;
    this.#monitorId = monitorId;
  }

  /** The rounds that closed since the last call. */
  async news(): Promise<readonly Round[]> {
    const path = `/monitors/${this.#monitorId}/rounds?limit=50`;
    const { items } = await this.#installation.call<{ items: readonly Round[] }>('GET', path);
    const news = items.filter(({ dueAt, kind }) => !this.#seen.has(`${dueAt} ${kind}`));
    for (const { dueAt, kind } of news) this.#seen.add(`${dueAt} ${kind}`);
    return news.toSorted((one, other) => Date.parse(one.dueAt) - Date.parse(other.dueAt));
  }

  async status(): Promise<string> {
    const { status } = await this.#installation.call<{ status: string }>('GET', `/monitors/${this.#monitorId}`);
    return status;
  }
}
