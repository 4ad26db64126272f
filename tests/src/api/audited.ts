/** What specs of the auditor say to the log and ask of the API. */
import { monitorRecordSchema, type MonitorRecord, type MonitorState } from '@quorate/contracts';
import { until, type ApiSystem } from './api-system.ts';
import type { ReadModel } from './read-model.ts';
import { alertOf } from './records.ts';

interface Audit {
  items: { kind: string; count: number; title: string; samples: { subject: string; detail: string }[] }[];
  nextCursor: null;
  passedAt: string | null;
  repairs: { kind: string; subjects: string[] }[];
}

/** An auditor that looks all the time. */
export const quickAudit = { firstAfterMs: 0, everyMs: 150, againAfterMs: 50, lookEveryMs: 25, catchUpMsMax: 500 };

/** What the aggregator remembers of an open incident. */
export function rememberedIncident(monitorId: string, openedAt: number): NonNullable<MonitorState['incident']> {
  const { incidentId, monitor, channelIds, firstFailureAt, regions, expectedRegions } = alertOf(monitorId, {
    openedAt,
  });
  const told = { incidentId, monitor, channelIds, firstFailureAt, openedAt, regions, expectedRegions };
  return { ...told, acknowledgedBy: null, votes: [], remindedAt: openedAt, reminderCount: 0, traceparent: null };
}

export class Audited {
  readonly #system: ApiSystem;
  readonly #model: ReadModel;

  constructor(system: ApiSystem, model: ReadModel) {
    this.#system = system;
    this.#model = model;
  }

  async findings(): Promise<Audit> {
    return (await this.#system.client.get<Audit>('/api/v1/audit-findings')).body;
  }

  /** Waits until it is told. */
  async found(kind: string, subject: string): Promise<void> {
    await until(async () => {
      const { items } = await this.findings();
      return items.some((item) => item.kind === kind && item.samples.some((sample) => sample.subject === subject));
    });
  }

  /** Waits until nothing of that kind is told. */
  async gone(kind: string): Promise<void> {
    await until(async () => !(await this.findings()).items.some((item) => item.kind === kind));
  }

  async repaired(kind: string, subject: string): Promise<void> {
    await until(async () => {
      const { repairs } = await this.findings();
      return repairs.some((note) => note.kind === kind && note.subjects.includes(subject));
    });
  }

  async resolve(kind: string, keep: string): Promise<number> {
    return (await this.#system.client.post(`/api/v1/audit-findings/${kind}/resolve`, { keep })).status;
  }

  /** Waits until so many more passes were made. */
  async passes(count: number): Promise<void> {
    for (let pass = 0; pass < count; pass++) {
      const { passedAt } = await this.findings();
      await until(async () => (await this.findings()).passedAt !== passedAt);
    }
  }

  async onLog(id: string): Promise<MonitorRecord | null> {
    const text = (await this.#system.records('monitors')).findLast(({ key }) => key === id)?.value ?? null;
    return text === null ? null : monitorRecordSchema.parse(JSON.parse(text));
  }

  async newMonitor(): Promise<MonitorRecord> {
    const id = await this.#model.newMonitor();
    await until(async () => (await this.onLog(id)) !== null);
    return (await this.onLog(id))!;
  }

  /** As if the outbox had told it. */
  say(value: MonitorRecord): Promise<void> {
    return this.#system.say({ topic: 'monitors', key: value.id, value });
  }

  /** As the aggregator would. */
  remember(monitorId: string, change: Partial<MonitorState>): Promise<void> {
    const value: object = {
      ...{ v: 1, monitorId, monitorVersion: 1, probeFingerprint: 0, status: 'up', statusSince: 1_000, seenUp: true },
      ...{ faulty: false, fellAt: 0, decided: [], closed: [], confirming: [], silence: {}, belowFloorCount: 0 },
      ...{ degradedCount: 0, degradedRegions: [], turn: null, incident: null },
      applied: { kind: 'scheduled', dueAt: this.#system.log.now() },
      ...change,
    };
    return this.#system.say({ topic: 'monitor-state', key: monitorId, value });
  }
}
