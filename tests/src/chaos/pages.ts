/**
 * Compares what PagerDuty heard with the script of outages.
 *
 * - *Outage*: a site failed for everyone. A failure that one region sees is none, and must page nobody.
 * - *Page*: the first trigger under one `dedup_key`, which names the incident: the monitor, and when the round was due
 *   that confirmed it. It belongs to the outage of that monitor during which that round was due; a round that was held
 *   up may have been due a little before the outage and have been probed during it.
 * - *Lost*: an outage without a page, and a page without its resolve once its site had healed.
 * - *Doubled*: a page for an outage that has one already, under another `dedup_key`.
 * - *False*: a page without an outage, a resolve before its site had healed, and a resolve without a page.
 * - *Repeats*: further triggers and resolves under the same `dedup_key`. Sends are promised at least once, and
 *   PagerDuty drops them by that key, so they are counted apart.
 */
export interface Outage {
  readonly monitorId: string;
  readonly from: number;
  readonly to: number | null;
}

export interface HeardEvent {
  readonly at: number;
  readonly action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedupKey: string;
}

export interface PageCount {
  readonly outages: number;
  readonly pages: number;
  readonly resolves: number;
  readonly repeats: number;
  /** Each in words. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly false: readonly string[];
}

interface Page {
  readonly dedupKey: string;
  readonly monitorId: string;
  readonly dueAt: number;
  readonly triggeredAt: number | null;
  readonly resolvedAt: number | null;
}

/** `<monitorId>:<dueAt>`. */
function pageOf(dedupKey: string, events: readonly HeardEvent[]): Page {
  const [monitorId = '', dueAt = ''] = dedupKey.split(':');
  const firstOf = (action: HeardEvent['action']): number | null =>
    events.find((event) => event.action === action)?.at ?? null;
  const [triggeredAt, resolvedAt] = [firstOf('trigger'), firstOf('resolve')];
  return { dedupKey, monitorId, dueAt: Number(dueAt), triggeredAt, resolvedAt };
}

function belongs({ monitorId, dueAt }: Page, outage: Outage, earlyMsMax: number): boolean {
  return monitorId === outage.monitorId && dueAt >= outage.from - earlyMsMax && dueAt <= (outage.to ?? Infinity);
}

const time = (at: number): string => new Date(at).toISOString().slice(11, 23);

function inWords({ monitorId, from, to }: Outage): string {
  return `the outage of ${monitorId} from ${time(from)} to ${to === null ? 'the end' : time(to)}`;
}

interface Assigned {
  readonly outage: Outage;
  readonly pages: readonly Page[];
}

function lostOf({ outage, pages: [first] }: Assigned): string[] {
  if (first === undefined) return [`${inWords(outage)} paged nobody`];
  if (first.resolvedAt === null && outage.to !== null) return [`${inWords(outage)} was never resolved`];
  return [];
}

function falseOf({ outage, pages }: Assigned): string[] {
  const healedAt = outage.to ?? Infinity;
  return pages
    .filter(({ resolvedAt }) => resolvedAt !== null && resolvedAt < healedAt)
    .map(({ resolvedAt }) => `${inWords(outage)} was resolved at ${time(resolvedAt ?? 0)} already`);
}

/** The monitor that a line of a `PageCount` is about. */
export function monitorIn(line: string): string | null {
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(line)?.[0] ?? null;
}

/** @param earlyMsMax how long before it was probed a round may have been due */
export function countPages(
  outages: readonly Outage[],
  heard: readonly HeardEvent[],
  { earlyMsMax }: { readonly earlyMsMax: number },
): PageCount {
  const known = [...Map.groupBy(heard, ({ dedupKey }) => dedupKey)].map(([key, events]) => pageOf(key, events));
  const pages = known.filter(({ triggeredAt }) => triggeredAt !== null);
  const assigned = outages.map((outage) => ({
    outage,
    pages: pages.filter((page) => belongs(page, outage, earlyMsMax)),
  }));
  const explained = new Set(assigned.flatMap(({ pages: own }) => own));
  const resolves = known.filter(({ resolvedAt }) => resolvedAt !== null);
  const unasked = pages.filter((page) => !explained.has(page));
  const orphans = resolves.filter(({ triggeredAt }) => triggeredAt === null);
  return {
    outages: outages.length,
    pages: pages.length,
    resolves: resolves.length,
    repeats: heard.length - pages.length - resolves.length,
    lost: assigned.flatMap(lostOf),
    doubled: assigned.flatMap(({ outage, pages: [, ...more] }) =>
      more.map(({ dedupKey }) => `${inWords(outage)} paged again as ${dedupKey}`),
    ),
    false: [
      ...unasked.map(({ dedupKey, triggeredAt }) => `${dedupKey} paged at ${time(triggeredAt ?? 0)} for no outage`),
      ...orphans.map(({ dedupKey }) => `${dedupKey} was resolved and never paged`),
      ...assigned.flatMap(falseOf),
    ],
  };
}
