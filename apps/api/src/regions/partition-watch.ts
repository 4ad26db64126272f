/** Follows how the partitions stand, and since when a region's votes are set aside. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { partitionReportSchema, platformStateSchema, type Instant, type PartitionReport } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';
import type { z } from 'zod';

export interface Quarantine {
  readonly since: Instant;
  /** In so many partitions. */
  readonly partitionCount: number;
}

type FollowedLog = Pick<DurableLog, 'follow' | 'partitionCount'>;

function parsed<Schema extends z.ZodType>(schema: Schema, value: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(value)).data;
  } catch {
    // Not JSON; the caller says so.
    return undefined;
  }
}

export class PartitionWatch {
  /** How many there are, reported or not. */
  readonly partitionCount: number;
  readonly #reports = new Map<number, PartitionReport>();
  /** By condition, since when what was told of holds: it outlives this process. */
  readonly #toldSince = new Map<string, Instant>();
  /** By region, since when this process has heard of its quarantine. */
  readonly #heardSince = new Map<string, Instant>();
  readonly #logger: Logger;
  readonly #follower: Follower;

  constructor(log: FollowedLog, logger: Logger) {
    this.partitionCount = log.partitionCount('monitors');
    this.#logger = logger;
    this.#follower = log.follow(['partition-reports', 'platform-state'], 'start', (records) =>
      records.forEach((record) => this.#hear(record)),
    );
  }

  /** Resolves when all that stood there at the start is known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  /** The newest report of each partition. */
  get reports(): ReadonlyMap<number, PartitionReport> {
    return this.#reports;
  }

  /** By region, where its votes are set aside; those that vote everywhere are left out. */
  quarantines(): ReadonlyMap<string, Quarantine> {
    const counts = new Map<string, number>();
    for (const region of this.#quarantined()) counts.set(region, (counts.get(region) ?? 0) + 1);
    const entries = [...counts].map(([region, partitionCount]) => {
      const since = this.#toldSince.get(`region-quarantined:${region}`) ?? this.#heardSince.get(region) ?? 0;
      return [region, { since, partitionCount }] as const;
    });
    return new Map(entries);
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  #hear(record: LogRecord): void {
    if (record.topic === 'platform-state') this.#hearState(record);
    else this.#hearReport(record);
  }

  #hearReport({ key, value, appendedAt, offset }: LogRecord): void {
    const report = value === null ? null : parsed(partitionReportSchema, value);
    if (report === undefined) return this.#logger.warn('A partition report cannot be read', { key, offset });
    if (report === null) this.#reports.delete(Number(key));
    else this.#reports.set(report.partition, report);
    const quarantined = new Set(this.#quarantined());
    for (const region of this.#heardSince.keys()) if (!quarantined.has(region)) this.#heardSince.delete(region);
    for (const region of quarantined) {
      if (!this.#heardSince.has(region)) this.#heardSince.set(region, appendedAt);
    }
  }

  #hearState({ key, value, offset }: LogRecord): void {
    const state = value === null ? null : parsed(platformStateSchema, value);
    if (state === undefined) return this.#logger.warn('A platform state cannot be read', { key, offset });
    if (state === null) this.#toldSince.delete(key);
    else this.#toldSince.set(key, state.opened.firstFailureAt);
  }

  /** A region once for each partition that sets its votes aside. */
  #quarantined(): string[] {
    return [...this.#reports.values()].flatMap(({ quarantinedRegions }) => quarantinedRegions);
  }
}
