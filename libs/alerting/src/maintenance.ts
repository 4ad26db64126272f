/** When a maintenance window is on, and whom it covers. */
import type { Instant, MaintenanceWindowRecord, MonitorRecord } from '@quorate/contracts';

type Times = Pick<MaintenanceWindowRecord, 'repeat' | 'startsAt' | 'endsAt' | 'timeZone'>;
type Scope = Pick<MaintenanceWindowRecord, 'allMonitors' | 'monitorIds' | 'tags'>;

const dayMs = 86_400_000;
const periods = { daily: dayMs, weekly: 7 * dayMs } as const;

const clocksRememberedMax = 100;
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const clock = new Intl.DateTimeFormat('en', {
    ...numeric,
    timeZone,
    hour: 'numeric',
    hourCycle: 'h23',
    era: 'short',
  });
  if (clocks.size >= clocksRememberedMax) clocks.clear();
  clocks.set(timeZone, clock);
  return clock;
}

/** What the clocks of a time zone show, as if they were those of UTC. */
function shownAt(instant: Instant, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(instant);
  const numberOf = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [numberOf('year'), numberOf('month'), numberOf('day')];
  const shown = Date.UTC(year, month - 1, day, numberOf('hour'), numberOf('minute'), numberOf('second'));
  return shown + (instant % 1_000);
}

/**
 * When the clocks show this. What they show twice in autumn is the first time; what they leave out in spring is as long
 * after the change as it would have been.
 */
function instantShowing(shown: number, timeZone: string): Instant {
  const before = shown - (shownAt(shown - dayMs, timeZone) - (shown - dayMs));
  if (shownAt(before, timeZone) === shown) return before;
  const after = shown - (shownAt(shown + dayMs, timeZone) - (shown + dayMs));
  return shownAt(after, timeZone) === shown ? after : before;
}

export interface Occurrence {
  readonly startsAt: Instant;
  /** The first instant after it. */
  readonly endsAt: Instant;
}

function occurrence(times: Times, index: number): Occurrence {
  const { repeat, startsAt, endsAt, timeZone } = times;
  if (repeat === 'once' || index === 0) return { startsAt, endsAt };
  const start = instantShowing(shownAt(startsAt, timeZone) + index * periods[repeat], timeZone);
  return { startsAt: start, endsAt: start + (endsAt - startsAt) };
}

/** The occurrence that is on, or the next one; null where none comes any more. */
export function nextOccurrence(times: Times, now: Instant): Occurrence | null {
  const { repeat, startsAt, timeZone } = times;
  if (repeat === 'once') return now < times.endsAt ? occurrence(times, 0) : null;
  const passed = shownAt(now, timeZone) - shownAt(startsAt, timeZone);
  // Clocks that were put back make the one before last reach into the present.
  for (let index = Math.max(0, Math.floor(passed / periods[repeat]) - 1); ; index++) {
    const candidate = occurrence(times, index);
    if (now < candidate.endsAt) return candidate;
  }
}

export function isOn({ startsAt, endsAt }: Occurrence, now: Instant): boolean {
  return startsAt <= now && now < endsAt;
}

export function covers(scope: Scope, monitor: Pick<MonitorRecord, 'id' | 'tags'>): boolean {
  if (scope.allMonitors || scope.monitorIds.includes(monitor.id)) return true;
  const tags = Object.entries(scope.tags);
  return tags.length > 0 && tags.every(([name, value]) => monitor.tags[name] === value);
}
