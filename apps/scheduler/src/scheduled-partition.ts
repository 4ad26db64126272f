/** The memory of one partition: its monitors and which of their rounds are due. */
import { isOutdated, type Instant, type MonitorRecord } from '@quorate/contracts';
import { RoundSchedule, type DueRound } from '@quorate/schedule';

export interface DueMonitor {
  readonly monitor: MonitorRecord;
  readonly round: DueRound;
}

export class ScheduledPartition {
  readonly #monitors = new Map<string, MonitorRecord>();
  readonly #readPosition: (now: Instant) => Promise<Instant>;
  /** Null until the position of the predecessor is known. */
  #schedule: RoundSchedule | null = null;

  constructor(readPosition: (now: Instant) => Promise<Instant>) {
    this.#readPosition = readPosition;
  }

  /** A new form of a monitor; null when it was deleted. An older form that comes late changes nothing. */
  put(monitorId: string, monitor: MonitorRecord | null): void {
    if (isOutdated(monitor, this.#monitors.get(monitorId))) return;
    if (monitor === null) this.#monitors.delete(monitorId);
    else this.#monitors.set(monitorId, monitor);
    if (this.#schedule !== null) arrange(this.#schedule, monitorId, monitor);
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
    for (const [monitorId, monitor] of this.#monitors) arrange(schedule, monitorId, monitor);
    return schedule;
  }
}

function arrange(schedule: RoundSchedule, monitorId: string, monitor: MonitorRecord | null): void {
  if (monitor === null || monitor.paused) {
    schedule.remove(monitorId);
    return;
  }
  const { intervalSeconds, checkAtOnce, changedAt } = monitor;
  schedule.put({ monitorId, intervalMs: intervalSeconds * 1_000, atOnceAt: checkAtOnce ? changedAt : null });
}
