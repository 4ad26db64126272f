/** Where a predecessor stood: the newest check that it wrote. */
import type { DurableLog } from '@quorate/bus';
import { checkSchema, topics, type Instant } from '@quorate/contracts';

function dueAtOf(value: string | null): Instant | null {
  try {
    const parsed = checkSchema.pick({ dueAt: true }).safeParse(JSON.parse(value ?? 'null'));
    return parsed.success ? parsed.data.dueAt : null;
  } catch {
    // What is not even JSON says nothing about a round; when it was appended has to do.
    return null;
  }
}

/**
 * Every round of the partition that was due up to here was written. Without any check in the log, none was written for
 * as long as the log keeps them. Never after `now`: a clock that was set back must not stop the schedule.
 */
export async function positionOf(log: DurableLog, partition: number, now: Instant): Promise<Instant> {
  const newest = await log.last('checks', partition);
  if (newest === null) return Math.max(0, now - topics.checks.retention.retentionMs);
  return Math.min(dueAtOf(newest.value) ?? newest.appendedAt, now);
}
