/**
 * Has the partitions of this process reported together, in the step of whichever comes first: an idle installation
 * commits once a period, not once a partition.
 */
import type { TaskWrite } from '@quorate/bus';
import { partitionReportPeriodMs, type Instant, type PartitionReport } from '@quorate/contracts';
import { writeOf } from './partition-report.ts';

interface Reporter {
  /** Null before its first step. */
  takeReport(): PartitionReport | null;
}

export class PartitionReports {
  readonly #reporters = new Map<number, Reporter>();
  #dueAt: Instant = 0;

  /** A task that was started anew takes the place of the one before. */
  add(partition: number, reporter: Reporter): void {
    this.#reporters.set(partition, reporter);
  }

  remove(partition: number, reporter: Reporter): void {
    if (this.#reporters.get(partition) === reporter) this.#reporters.delete(partition);
  }

  /** The reports of all partitions, once a period; nothing in between. */
  takeDue(now: Instant): readonly TaskWrite[] {
    if (now < this.#dueAt) return [];
    this.#dueAt = now + partitionReportPeriodMs;
    return [...this.#reporters.values()].flatMap((reporter) => reporter.takeReport() ?? []).map(writeOf);
  }
}
