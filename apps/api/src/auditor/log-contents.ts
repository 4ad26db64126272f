/** Reads what the log holds, at the auditor's own pace, and keeps little of each record. */
import { setImmediate as turn } from 'node:timers/promises';
import type { DurableLog, LogRecord } from '@quorate/bus';
import { deliverySchema, monitorStateSchema, type TopicName } from '@quorate/contracts';
import { z } from 'zod';
import { AuditAbandonedError } from './audit-abandoned.error.ts';
import type { Form } from './compare-configuration.ts';
import type { ToldDelivery } from './compare-deliveries.ts';
import type { RememberedMonitor } from './compare-monitor.ts';
import { formOfDirectoryRecord, formOfMonitorRecord } from './forms.ts';
import { parsed } from './parsed.ts';

/** What is kept of a record is some hundred bytes. */
const keysMax = 500_000;
/** So many records are read without letting anything else run. */
const recordsAtOnceMax = 100;

/** A record of a newer version, or a damaged one: nothing can be said of what it is about. */
type Unreadable = 'unreadable';

/** What the log told as it was read, by key. */
export interface LogContents {
  readonly monitors: Map<string, Form>;
  readonly directory: Map<string, Form>;
  readonly remembered: Map<string, RememberedMonitor | Unreadable>;
  readonly deliveries: Map<string, ToldDelivery | Unreadable>;
}

const stateSchema = monitorStateSchema
  .pick({ monitorVersion: true, status: true, statusSince: true, applied: true })
  .extend({
    incident: z.object({ incidentId: z.string() }).nullable(),
    certificateWarning: z.object({ incidentId: z.string() }).nullable().default(null),
  });

const { deliveryId, channelId, state, plannedAt, nextAttemptAt, attemptCount, handedTo } = deliverySchema.shape;
const deliveryPartSchema = z.object({
  ...{ deliveryId, channelId, state, plannedAt, nextAttemptAt, attemptCount, handedTo },
  attempts: z.array(z.object({ at: z.number() })),
  alert: z.object({ incidentId: z.string(), at: z.number() }),
});

/** @throws AuditAbandonedError when there is too much of it or `signal` aborts, BusUnavailableError. */
export async function readContents(log: DurableLog, signal: AbortSignal): Promise<LogContents> {
  const reading = { log, signal };
  return {
    monitors: await readTable(reading, 'monitors', (_key, text) => formOfMonitorRecord(text)),
    directory: await readTable(reading, 'directory', formOfDirectoryRecord),
    remembered: await readTable(reading, 'monitor-state', (_key, text) => rememberedOf(text)),
    deliveries: await readTable(reading, 'deliveries', (_key, text) => deliveryOf(text)),
  };
}

interface Reading {
  readonly log: DurableLog;
  readonly signal: AbortSignal;
}

/** The texts of the newest records under `keys`; of those that have none, nothing. */
export async function readTexts(
  reading: Reading,
  topic: TopicName,
  keys: ReadonlySet<string>,
): Promise<Map<string, string>> {
  return readTable(reading, topic, (key, text) => (keys.has(key) ? text : null));
}

async function readTable<Kept>(
  { log, signal }: Reading,
  topic: TopicName,
  keep: (key: string, text: string) => Kept | null,
): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  for (let partition = 0; partition < log.partitionCount(topic); partition++) {
    await log.read(topic, partition, async (records) => {
      for (let from = 0; from < records.length; from += recordsAtOnceMax) {
        if (signal.aborted) throw new AuditAbandonedError('the API ends');
        for (const record of records.slice(from, from + recordsAtOnceMax)) keepRecord(kept, record, keep);
        if (kept.size > keysMax) throw new AuditAbandonedError(`${topic} has more than ${keysMax} keys`);
        await turn();
      }
    });
  }
  return kept;
}

function keepRecord<Kept>(
  kept: Map<string, Kept>,
  { key, value }: LogRecord,
  keep: (key: string, text: string) => Kept | null,
): void {
  const form = value === null ? null : keep(key, value);
  if (form === null) kept.delete(key);
  else kept.set(key, form);
}

function rememberedOf(text: string): RememberedMonitor | Unreadable {
  const told = parsed(stateSchema, text);
  if (told === null) return 'unreadable';
  const { monitorVersion: version, status, statusSince: since, applied, incident, certificateWarning } = told;
  const incidentId = incident?.incidentId ?? null;
  const warningId = certificateWarning?.incidentId ?? null;
  return { version, status, since, judgedAt: applied.dueAt, incidentId, warningId };
}

function deliveryOf(text: string): ToldDelivery | Unreadable {
  const told = parsed(deliveryPartSchema, text);
  if (told === null) return 'unreadable';
  const { alert, attempts, ...form } = told;
  return { ...form, incidentId: alert.incidentId, alertedAt: alert.at, attemptedAt: attempts.at(-1)?.at ?? 0 };
}
