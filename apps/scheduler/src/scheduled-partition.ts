/** The memory of one partition: its monitors and which of their rounds are due. */
import { NewestForms, type Instant, type MonitorRecord } from '@quorate/contracts';
import { RoundSchedule, type DueRound } from '@quorate/schedule';

export interface DueMonitor {
  readonly monitor: MonitorRecord;
  readonly round: DueRound;
}

/** A record of `monitors`; its value is null when the monitor was deleted. */
export interface ToldMonitor {
  readonly key: string;
  readonly value: MonitorRecord | null;
  readonly appendedAt: Instant;
}

export class ScheduledPartition {
  readonly #monitors = new NewestForms<MonitorRecord>();
  /** By monitor, when its job last told how it ended. */
  readonly #pingedAt = new Map<string, Instant>();
  readonly #readPosition: (now: Instant) => Promise<Instant>;
  /** Null until the position of the predecessor is known. */
  #schedule: RoundSchedule | null = null;

  constructor(readPosition: (now: Instant) => Promise<Instant>) {
    this.#readPosition = readPosition;
  }

  put(told: ToldMonitor): void {
    const { key, value } = told;
    if (!this.#monitors.hear(told)) return;
    if (value === null) {
      this.#pingedAt.delete(key);
      this.#schedule?.remove(key);
    }
    this.#arrange(key);
  }

  /** Asks for a round at once. */
  ping(monitorId: string, at: Instant): void {
    this.#pingedAt.set(monitorId, at);
    this.#arrange(monitorId);
  }

  /** The rounds that are due, at most `countMax`. The first call reads where the predecessor stood. */
  async take(now: Instant, countMax: number): Promise<readonly DueMonitor[]> {
    this.#schedule ??= await this.#begin(now);
    return this.#schedule.take(now, countMax).flatMap((round) => {
      const monitor = this.#monitors.get(round.monitorId);
      return monitor === undefined ? [] : [{ monitor, round }];
    });
  }

  async #begin(now: Instant): Promise<RoundSchedule> {
    const schedule = new RoundSchedule(await this.#readPosition(now));
    for (const monitor of this.#monitors.values()) arrange(schedule, monitor, this.#pingedAt.get(monitor.id));
    return schedule;
  }

  #arrange(monitorId: string): void {
    const monitor = this.#monitors.get(monitorId);
    if (monitor !== undefined && this.#schedule !== null) {
      arrange(this.#schedule, monitor, this.#pingedAt.get(monitorId));
    }
  }
}

function arrange(schedule: RoundSchedule, monitor: MonitorRecord, pingedAt: Instant | undefined): void {
  const { id: monitorId, paused, intervalSeconds, checkAtOnce, changedAt } = monitor;
  if (paused) {
    schedule.remove(monitorId);
    return;
  }
  const asked = [...(checkAtOnce ? [changedAt] : []), ...(pingedAt === undefined ? [] : [pingedAt])];
  const atOnceAt = asked.length === 0 ? null : Math.max(...asked);
  schedule.put({ monitorId, intervalMs: intervalSeconds * 1_000, atOnceAt });
}
