/** Reads crontab lines: five fields in a time zone, by croner, which is asked for instants and starts no timer. */
import type { HeartbeatProbe, Instant } from '@quorate/contracts';
import type { NextDue } from '@quorate/schedule';
import { Cron } from 'croner';

type CrontabLine = Pick<HeartbeatProbe, 'timeZone'> & { readonly cron: string };

/** @throws Error saying what is wrong with the line. */
function read({ cron, timeZone }: CrontabLine): Cron {
  return new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
}

/**
 * An hour that is left out in spring holds runs that one cron daemon makes up for at its end, and another does not make
 * at all: croner names its end, where no line asks for a run. Nobody is held to that.
 */
function nextOf(schedule: Cron, after: Instant): Instant | null {
  let next = schedule.nextRun(new Date(after));
  while (next !== null && !schedule.match(next)) next = schedule.nextRun(next);
  return next === null ? null : next.getTime();
}

export function nextDueOf(line: CrontabLine): NextDue {
  const schedule = read(line);
  return (after) => nextOf(schedule, after);
}

/** What is wrong with a line, in words that follow its name; null when it asks for a run. */
export function cronFaultOf(line: CrontabLine, now: Instant): string | null {
  try {
    return nextOf(read(line), now) === null ? 'never comes' : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, '').slice(0, 200) : 'unreadable';
    return `must be a crontab line: ${reason}`;
  }
}
