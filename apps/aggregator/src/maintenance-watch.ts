/** Follows the maintenance windows in `directory`, and knows which of them are on. */
import { covers, isOn, nextOccurrence } from '@quorate/alerting';
import type { DurableLog } from '@quorate/bus';
import {
  directoryKeyOfMaintenanceWindow,
  maintenanceWindowRecordSchema,
  type Instant,
  type MaintenanceWindowRecord,
  type MonitorRecord,
} from '@quorate/contracts';
import { DirectoryWatch } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';

/** What a partition asks of the windows. */
export interface Maintenance {
  /** Another number whenever a window may have begun, ended or changed. */
  epoch(now: Instant): number;
  covers(monitor: MonitorRecord, now: Instant): boolean;
}

export class MaintenanceWatch implements Maintenance {
  readonly #windows: DirectoryWatch<MaintenanceWindowRecord>;
  #epoch = 0;
  /** Those that are on, until the next one begins or ends; they are looked at anew from then on. */
  #on: readonly MaintenanceWindowRecord[] = [];
  #changesAt: Instant = -Infinity;
  /** When they were looked at: a clock that was set back since then makes it necessary once more. */
  #lookedAt: Instant = -Infinity;

  constructor(log: Pick<DurableLog, 'follow'>, logger: Logger) {
    this.#windows = new DirectoryWatch({
      log,
      logger,
      schema: maintenanceWindowRecordSchema,
      keyPrefix: directoryKeyOfMaintenanceWindow(''),
      onChange: () => (this.#changesAt = -Infinity),
    });
  }

  /** Resolves when all windows that were there at the start are known. */
  get caughtUp(): Promise<void> {
    return this.#windows.caughtUp;
  }

  epoch(now: Instant): number {
    this.#look(now);
    return this.#epoch;
  }

  covers(monitor: MonitorRecord, now: Instant): boolean {
    this.#look(now);
    return this.#on.some((window) => covers(window, monitor));
  }

  async close(): Promise<void> {
    await this.#windows.close();
  }

  #look(now: Instant): void {
    if (this.#lookedAt <= now && now < this.#changesAt) return;
    const on: MaintenanceWindowRecord[] = [];
    this.#lookedAt = now;
    this.#changesAt = Infinity;
    for (const window of this.#windows.values()) {
      const next = nextOccurrence(window, now);
      if (next === null) continue;
      if (isOn(next, now)) on.push(window);
      this.#changesAt = Math.min(this.#changesAt, isOn(next, now) ? next.endsAt : next.startsAt);
    }
    this.#on = on;
    this.#epoch += 1;
  }
}
