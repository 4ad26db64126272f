/**
 * Compares, from time to time, what the log and the database hold, puts right what can be put right safely and tells
 * the rest. One instance at a time does it; the others only show what it found.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableLog } from '@quorate/bus';
import type { AuditFinding, Instant } from '@quorate/contracts';
import { metrics, type Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';
import type { OutboxRelay } from '../outbox/outbox-relay.ts';
import { makePass, type PassResult } from './audit-pass.ts';
import { isPassDue, type AuditTimings } from './audit-schedule.ts';
import type { AuditEntity } from './audit.entity.ts';
import { readAudit, savePass } from './audit-store.ts';
import { findingKinds, type FindingKind } from './finding.ts';
import { TwoPasses } from './two-passes.ts';

/** A number of our own among PostgreSQL's advisory locks: who audits. */
const auditLock = 7_415_003;

export interface AuditorParts {
  readonly database: DataSource;
  readonly log: DurableLog;
  readonly relay: OutboxRelay;
  readonly logger: Logger;
  readonly timings: AuditTimings;
}

export class Auditor {
  readonly #parts: AuditorParts;
  readonly #stopping = new AbortController();
  readonly #passes = new TwoPasses();
  /** Names this instance among those that share the database. */
  readonly #name = randomUUID();
  readonly #startedAt: Instant;
  #sawNew = false;
  #isFailing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: AuditorParts) {
    this.#parts = parts;
    this.#startedAt = parts.log.now();
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { timings } = this.#parts;
    while (!signal.aborted) {
      await sleep(timings.lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#look().then(
        () => (this.#isFailing = false),
        (error: unknown) => this.#failed(error),
      );
    }
  }

  /** Said once, until it succeeds again. */
  #failed(error: unknown): void {
    const isNew = !this.#isFailing && !this.#stopping.signal.aborted;
    this.#isFailing = true;
    if (isNew) this.#parts.logger.warn('The audit could not be made; it is tried again', { error });
  }

  async #look(): Promise<void> {
    const before = await readAudit(this.#parts.database);
    const after = this.#isDue(before) ? await this.#passAlone() : null;
    show(after ?? before);
  }

  #isDue({ passedAt, holder, chosen }: AuditEntity): boolean {
    const { log, timings } = this.#parts;
    const situation = {
      now: log.now(),
      startedAt: this.#startedAt,
      last: passedAt === null ? null : { at: passedAt, isOwn: holder === this.#name },
      sawNew: this.#sawNew,
      isAskedFor: Object.keys(chosen).length > 0,
    };
    return isPassDue(situation, timings);
  }

  /** Null while another instance is at it. The lock goes with its connection, which does nothing else meanwhile. */
  async #passAlone(): Promise<AuditEntity | null> {
    const runner = this.#parts.database.createQueryRunner();
    try {
      const sql = 'SELECT pg_try_advisory_lock($1) AS mine';
      const [lock] = await runner.manager.query<{ mine: boolean }[]>(sql, [auditLock]);
      if (lock?.mine !== true) return null;
      try {
        return await this.#pass();
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1)', [auditLock]);
      }
    } finally {
      await runner.release();
    }
  }

  async #pass(): Promise<AuditEntity> {
    const { database, log, relay, logger, timings } = this.#parts;
    const { signal } = this.#stopping;
    const { findings, chosen } = await readAudit(database);
    const tools = { database, log, relay, logger, signal, catchUpMsMax: timings.catchUpMsMax };
    const result = await makePass(tools, { passes: this.#passes, findings, chosen });
    this.#sawNew = result.sawNew;
    const { audit, isChanged } = await savePass(database, { result, holder: this.#name, taken: chosen });
    if (isChanged) relay.wake();
    this.#tell(result, isChanged);
    return audit;
  }

  #tell({ findings, repairs }: PassResult, isChanged: boolean): void {
    const { logger } = this.#parts;
    for (const { kind, count, subjects } of repairs) {
      metrics.auditRepairs.add(count, { kind });
      logger.warn('The audit has put right what differed', { kind, count, subjects });
    }
    if (!isChanged) return;
    if (findings.length === 0) logger.info('The audit finds nothing amiss any more');
    for (const { title, kind, samples } of findings) logger.error(`The audit found: ${title}`, { kind, samples });
  }
}

/** Every instance shows the same, whoever made the pass. */
function show({ findings, passedAt }: AuditEntity): void {
  const countOf = new Map(findings.map(({ kind, count }: AuditFinding) => [kind, count]));
  for (const kind of Object.keys(findingKinds) as FindingKind[]) {
    metrics.auditFindings.record(countOf.get(kind) ?? 0, { kind });
  }
  if (passedAt !== null) metrics.auditPassedAt.record(passedAt / 1_000);
}
