/** The memory of one partition: its monitors and which of their rounds are due. */
import { isOutdated, type Instant, type MonitorRecord, type VersionedForm } from '@quorate/contracts';
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
  readonly #forms = new Map<string, VersionedForm>();
  readonly #monitors = new Map<string, MonitorRecord>();
  /** By monitor, when its job last told how it ended. */
  readonly #pingedAt = new Map<string, Instant>();
  readonly #readPosition: (now: Instant) => Promise<Instant>;
  /** Null until the position of the predecessor is known. */
  #schedule: RoundSchedule | null = null;

  constructor(readPosition: (now: Instant) => Promise<Instant>) {
    this.#readPosition = readPosition;
  }

  /** Takes in a new form of a monitor; an older one that comes late changes nothing. */
  put({ key, value, appendedAt }: ToldMonitor): void {
    if (value === null) {
      this.#monitors.delete(key);
      this.#forms.delete(key);
      this.#pingedAt.delete(key);
      this.#schedule?.remove(key);
    } else {
      const form = { version: value.version, appendedAt };
      if (isOutdated(form, this.#forms.get(key))) return;
      this.#monitors.set(key, value);
      this.#forms.set(key, form);
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
    for (const [monitorId, monitor] of this.#monitors) arrange(schedule, monitor, this.#pingedAt.get(monitorId));
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
