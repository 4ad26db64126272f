/** How a storm stands: each of its monitors once, by its newest incident, a bounded list of them and all counts. */
import {
  stormMembersListedMax,
  type Alert,
  type Storm as StormFacts,
  type StormMember,
  type Transition,
} from '@quorate/contracts';
import { expiryWords } from './certificate-words.ts';
import { decidingVote } from './deciding-vote.ts';
import type { IncidentLine } from './incident-line.ts';
import type { Storm } from './storm.ts';

const rankOf: Readonly<Record<StormMember['state'], number>> = { open: 0, acknowledged: 1, resolved: 2 };

interface Said {
  readonly opened: Alert;
  readonly acknowledged: Alert | undefined;
  readonly resolved: Alert | undefined;
}

function saidIn(line: IncidentLine): Said | null {
  const alertOf = (transition: Transition) => line.find(({ alert }) => alert.transition === transition)?.alert;
  const opened = alertOf('opened');
  return opened === undefined ? null : { opened, acknowledged: alertOf('acknowledged'), resolved: alertOf('resolved') };
}

function stateOf({ acknowledged, resolved }: Said): StormMember['state'] {
  if (resolved !== undefined) return 'resolved';
  return acknowledged === undefined ? 'open' : 'acknowledged';
}

function whyOf(opened: Alert): string | null {
  if (opened.certificate !== undefined) return `its certificate expires ${expiryWords(opened.certificate)}`;
  const deciding = decidingVote(opened);
  return deciding?.message ?? deciding?.reason ?? null;
}

function memberOf(said: Said): StormMember {
  const { opened, acknowledged, resolved } = said;
  const { incidentId, monitorId, monitor, openedAt } = opened;
  return {
    incidentId,
    monitorId,
    name: monitor.name,
    target: monitor.target,
    state: stateOf(said),
    why: whyOf(opened),
    openedAt,
    acknowledgedBy: acknowledged?.acknowledgedBy ?? null,
    resolvedAt: resolved?.resolvedAt ?? null,
    resolveCause: resolved?.resolveCause ?? null,
  };
}

function inOrder(left: StormMember, right: StormMember): number {
  const order = rankOf[left.state] - rankOf[right.state] || right.openedAt - left.openedAt;
  return order !== 0 ? order : left.incidentId < right.incidentId ? -1 : 1;
}

function newestOfEachMonitor({ members }: Storm): StormMember[] {
  const newest = new Map<string, StormMember>();
  for (const line of members.values()) {
    const said = saidIn(line);
    if (said === null) continue;
    const member = memberOf(said);
    const known = newest.get(member.monitorId);
    if (known === undefined || known.openedAt < member.openedAt) newest.set(member.monitorId, member);
  }
  return [...newest.values()].sort(inOrder);
}

export function factsOf(
  storm: Storm,
  why: Pick<StormFacts, 'channelId' | 'topic' | 'openedMax' | 'windowSeconds'>,
): StormFacts {
  const all = newestOfEachMonitor(storm);
  const countOf = (state: StormMember['state']) => all.filter((member) => member.state === state).length;
  return {
    ...why,
    openCount: countOf('open'),
    acknowledgedCount: countOf('acknowledged'),
    resolvedCount: countOf('resolved'),
    members: all.slice(0, stormMembersListedMax),
  };
}
