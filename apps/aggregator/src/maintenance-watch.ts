/** Follows the maintenance windows in `directory`, and knows which of them are on. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { covers, isOn, nextOccurrence } from '@quorate/alerting';
import {
  directoryKeyOfMaintenanceWindow,
  isOutdated,
  maintenanceWindowRecordSchema,
  type Instant,
  type MaintenanceWindowRecord,
  type MonitorRecord,
  type VersionedForm,
} from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';

const keyPrefix = directoryKeyOfMaintenanceWindow('');

/** What a partition asks of the windows. */
export interface Maintenance {
  /** Another number whenever a window may have begun, ended or changed. */
  epoch(now: Instant): number;
  covers(monitor: MonitorRecord, now: Instant): boolean;
}

function windowOf(value: string): MaintenanceWindowRecord | null {
  try {
    return maintenanceWindowRecordSchema.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    // Not JSON; the caller says so.
    return null;
  }
}

export class MaintenanceWatch implements Maintenance {
  readonly #windows = new Map<string, MaintenanceWindowRecord>();
  readonly #forms = new Map<string, VersionedForm>();
  readonly #logger: Logger;
  readonly #follower: Follower;
  #epoch = 0;
  /** Those that are on, until the next one begins or ends; they are looked at anew from then on. */
  #on: readonly MaintenanceWindowRecord[] = [];
  #changesAt: Instant = -Infinity;

  constructor(log: Pick<DurableLog, 'follow'>, logger: Logger) {
    this.#logger = logger;
    this.#follower = log.follow(['directory'], 'start', (records) => records.forEach((record) => this.#hear(record)));
  }

  /** Resolves when all windows that were there at the start are known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
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
    await this.#follower.close();
  }

  #look(now: Instant): void {
    if (now < this.#changesAt) return;
    const on: MaintenanceWindowRecord[] = [];
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

  #hear({ key, value, offset, appendedAt }: LogRecord): void {
    if (!key.startsWith(keyPrefix)) return;
    const id = key.slice(keyPrefix.length);
    if (value === null) {
      this.#windows.delete(id);
      this.#forms.delete(id);
      this.#changesAt = -Infinity;
      return;
    }
    const window = windowOf(value);
    if (window === null)
      this.#logger.error('A maintenance window cannot be read and keeps its older form', { id, offset });
    else this.#keep(window, { version: window.version, appendedAt });
  }

  /** An older form that comes late changes nothing. */
  #keep(window: MaintenanceWindowRecord, form: VersionedForm): void {
    if (isOutdated(form, this.#forms.get(window.id))) return;
    this.#forms.set(window.id, form);
    this.#windows.set(window.id, window);
    this.#changesAt = -Infinity;
  }
}
