/** Raises and resolves what is wrong with Quorate itself: each condition once for the installation. */
import { alertIdOf, conditionIdOf, incidentIdOf, type Alert, type Instant } from '@quorate/contracts';
import { auditConditions } from './audit-conditions.ts';
import { holdsOf, type Condition } from './condition.ts';
import { excusesAfter, unexplainedOf, type Excuses } from './excuses.ts';
import type { PlatformFacts, UnexplainedCounts } from './facts.ts';
import { partitionConditions } from './partition-conditions.ts';
import { regionConditions } from './region-conditions.ts';

/** What was not watched for so long counts for nothing: a holding condition has to be seen to hold. */
const unwatchedMsMax = 10_000;
/** Regions that an alert names. */
const regionsToldMax = 50;

export interface PlatformMemory {
  /** By key, the opening alert of each condition that is raised: what a successor has to know. */
  readonly raised: ReadonlyMap<string, Alert>;
  /** Since when a condition has been seen that is not raised yet. */
  readonly seenSince: ReadonlyMap<string, Instant>;
  /** Since when a raised condition has been gone. */
  readonly goneSince: ReadonlyMap<string, Instant>;
  readonly excuses: Excuses;
  readonly decidedAt: Instant;
}

export interface PlatformDecided {
  readonly memory: PlatformMemory;
  /** In the order in which they are to be told. */
  readonly alerts: readonly Alert[];
}

/** The memory of a successor. */
export function restorePlatform(raised: ReadonlyMap<string, Alert>): PlatformMemory {
  return { raised, seenSince: new Map(), goneSince: new Map(), excuses: new Map(), decidedAt: 0 };
}

/** To be called every few seconds at least: holds are measured while somebody watches. */
export function decidePlatform(memory: PlatformMemory, facts: PlatformFacts): PlatformDecided {
  const { now } = facts;
  const excuses = excusesAfter(memory.excuses, facts);
  const conditions = conditionsOf(facts, unexplainedOf(facts, excuses));
  const watched = now - memory.decidedAt <= unwatchedMsMax ? memory : restorePlatform(memory.raised);
  const seenSince = seenAfter(watched, conditions, now);
  const goneSince = goneAfter(watched, conditions, now);

  const isDue = (since: Instant | undefined, holdMs: number) => since !== undefined && now - since >= holdMs;
  const opened = conditions
    .filter(({ key }) => isDue(seenSince.get(key), holdsOf(key).raiseMs))
    .map((condition) => openedAlert(condition, condition.since ?? seenSince.get(condition.key) ?? now, facts));
  const over = [...memory.raised].filter(([key]) => isDue(goneSince.get(key), holdsOf(key).resolveMs));

  const raised = new Map([...memory.raised, ...opened.map((alert) => [alert.monitor.target, alert] as const)]);
  for (const [key] of over) raised.delete(key);
  return {
    memory: { raised, seenSince, goneSince, excuses, decidedAt: now },
    alerts: [...opened, ...over.map(([, alert]) => resolvedAlert(alert, now))],
  };
}

function conditionsOf(facts: PlatformFacts, unexplained: UnexplainedCounts): Condition[] {
  return [...regionConditions(facts), ...partitionConditions(facts, unexplained), ...auditConditions(facts)];
}

/** Someone is at it: told once, and only while it lasts. */
export function acknowledgePlatform(
  memory: PlatformMemory,
  { incidentId, by, now }: { readonly incidentId: string; readonly by: string; readonly now: Instant },
): PlatformDecided {
  const [key, alert] = [...memory.raised].find(([, raised]) => raised.incidentId === incidentId) ?? [];
  if (key === undefined || alert === undefined || alert.acknowledgedBy !== null) return { memory, alerts: [] };
  const acknowledged = { ...alert, acknowledgedBy: by };
  return {
    memory: { ...memory, raised: new Map([...memory.raised, [key, acknowledged]]) },
    alerts: [follower(acknowledged, 'acknowledged', now)],
  };
}

/** Since when each condition is seen that nobody has heard of, and that no other explains. */
function seenAfter(
  { raised, seenSince }: PlatformMemory,
  conditions: readonly Condition[],
  now: Instant,
): ReadonlyMap<string, Instant> {
  const unheard = conditions.filter(({ key, isExplained }) => !isExplained && !raised.has(key));
  return new Map(unheard.map(({ key }) => [key, seenSince.get(key) ?? now]));
}

/** Since when each raised condition is gone. One that another explains by now still is not over. */
function goneAfter(
  { raised, goneSince }: PlatformMemory,
  conditions: readonly Condition[],
  now: Instant,
): ReadonlyMap<string, Instant> {
  const held = new Set<string>(conditions.map(({ key }) => key));
  const gone = [...raised.keys()].filter((key) => !held.has(key));
  return new Map(gone.map((key) => [key, goneSince.get(key) ?? now]));
}

function openedAlert(condition: Condition, since: Instant, { now, channelIds, regions }: PlatformFacts): Alert {
  const { key, title, severity, detail, consequence, remedy } = condition;
  const monitorId = conditionIdOf(key);
  const incidentId = incidentIdOf(monitorId, now);
  return {
    v: 1,
    subject: 'platform',
    alertId: alertIdOf(incidentId, 'opened', 0),
    incidentId,
    monitorId,
    transition: 'opened',
    sequence: 0,
    at: now,
    monitor: { name: title, type: 'platform', target: key, tags: {} },
    trouble: { severity, detail, consequence, remedy },
    channelIds: [...channelIds],
    firstFailureAt: Math.min(since, now),
    openedAt: now,
    resolvedAt: null,
    resolveCause: null,
    acknowledgedBy: null,
    regions: condition.regions.slice(0, regionsToldMax),
    expectedRegions: regions.map(({ name }) => name).slice(0, regionsToldMax),
    votes: [],
  };
}

/** What is said later of an incident goes where its opening went. */
function follower(opened: Alert, transition: 'acknowledged' | 'resolved', at: Instant): Alert {
  return { ...opened, alertId: alertIdOf(opened.incidentId, transition, 0), transition, at };
}

function resolvedAlert(opened: Alert, at: Instant): Alert {
  return { ...follower(opened, 'resolved', at), resolvedAt: at, resolveCause: 'recovered' };
}
