/** What specs ask of the read model. */
import { randomInt } from 'node:crypto';
import { Client } from 'pg';
import { until, type ApiSystem } from './api-system.ts';
import { roundOf, startAt, verdictTold } from './records.ts';

export interface Incident {
  id: string;
  status: string;
  cause: string | null;
  resolvedAt: string | null;
  timeline: { at: string; type: string; vote?: { region: string }; delivery?: { state: string; attempts: object[] } }[];
}

interface Listed {
  id: string;
  state: string;
}

export class ReadModel {
  readonly #system: ApiSystem;

  constructor(system: ApiSystem) {
    this.#system = system;
  }

  async newMonitor(): Promise<string> {
    const settings = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };
    return (await this.#system.client.post<{ id: string }>('/api/v1/monitors', settings)).body.id;
  }

  async newChannel(): Promise<string> {
    const channel = { name: 'On call', type: 'pagerduty', pagerduty: { routingKey: 'key' } };
    return (await this.#system.client.post<{ id: string }>('/api/v1/channels', channel)).body.id;
  }

  /** Waits for it. */
  async incident(id: string): Promise<Incident> {
    const path = `/api/v1/incidents/${encodeURIComponent(id)}`;
    await until(async () => (await this.#system.client.get(path)).status === 200);
    return (await this.#system.client.get<Incident>(path)).body;
  }

  async deliveriesOf(channelId: string): Promise<Listed[]> {
    const path = `/api/v1/deliveries?channelId=${channelId}`;
    return (await this.#system.client.get<{ items: Listed[] }>(path)).body.items;
  }

  /** What was put aside of the records under `key`. */
  refused(key: string): Promise<{ topic: string; partition: number; offset: number; reason: string }[]> {
    return this.query(
      'SELECT topic, partition, record_offset AS "offset", reason FROM refused_records WHERE key = $1',
      [key],
    );
  }

  async insert(table: string, row: object): Promise<void> {
    const places = Object.keys(row).map((_column, index) => `$${index + 1}`);
    await this.query(`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${places.join()})`, Object.values(row));
  }

  async query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.#system.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Tells one more round of a monitor and waits until it shows: what was told before it has been taken in, too. */
  async takenIn(monitorId: string): Promise<void> {
    const dueAt = startAt + 1e9 + randomInt(1e9);
    await this.#system.say(verdictTold(roundOf(monitorId, { dueAt, kind: 'manual' })));
    const path = `/api/v1/monitors/${monitorId}/rounds?limit=200`;
    await until(async () => {
      const { body } = await this.#system.client.get<{ items: { dueAt: string }[] }>(path);
      return body.items.some((round) => Date.parse(round.dueAt) === dueAt);
    });
  }
}
