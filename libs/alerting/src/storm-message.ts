/** What a storm's roll-up says next, if anything: its trigger, a new list, that someone is at it, that it is over. */
import {
  alertIdOf,
  stormBrakeDefault,
  topicOfStorm,
  type Alert,
  type Delivery,
  type Instant,
  type Storm as StormFacts,
  type StormBrake,
  type StormTopic,
  type Transition,
} from '@quorate/contracts';
import { newDelivery } from './delivery-plan.ts';
import { triggerOf, type IncidentLine } from './incident-line.ts';
import { brakeOf } from './opening-gauge.ts';
import { factsOf } from './storm-facts.ts';
import type { Storm } from './storm.ts';

interface MessageTiming {
  /** How long members gather before the roll-up's trigger tells of them. */
  readonly gatherMs: number;
  /** A new list follows the message before no sooner than this. */
  readonly updateMs: number;
}

export type MessageTimings = Readonly<Record<StormTopic, MessageTiming>>;

export interface MessageContext {
  readonly channelId: string;
  readonly now: Instant;
  readonly timings: MessageTimings;
  /** What makes a storm of what opens; null where the channel's settings aren't known. */
  readonly brake: StormBrake | null;
}

/** The transition that is due. A list waits for its turn and for what is unsent; the end waits for nothing. */
function dueTransition(storm: Storm, { now, timings }: MessageContext): Transition | null {
  const { gatherMs, updateMs } = timings[topicOfStorm(storm.stormId)];
  const newest = storm.messages.at(-1);
  if (newest === undefined) return now >= storm.openedAt + gatherMs ? 'opened' : null;
  if (storm.isOver || storm.isDissolved) return null;
  if (storm.unresolvedCount === 0) return 'resolved';
  const isUnsent = storm.messages.some(({ state }) => state === 'pending');
  return storm.hasNews && !isUnsent && now >= newest.plannedAt + updateMs ? 'updated' : null;
}

/** Whether the last of its open incidents was acknowledged since the message before. */
function isTakenOn(facts: StormFacts, before: StormFacts | null): boolean {
  return facts.openCount === 0 && facts.acknowledgedCount > 0 && before !== null && before.openCount > 0;
}

function acknowledgedBy({ members }: StormFacts): string | null {
  return members.find(({ state }) => state === 'acknowledged')?.acknowledgedBy ?? null;
}

/** Why the last one to be resolved was. */
function resolveCauseOf({ members }: StormFacts): Alert['resolveCause'] {
  const [last] = members.toSorted((left, right) => (right.resolvedAt ?? 0) - (left.resolvedAt ?? 0));
  return last?.resolveCause ?? 'recovered';
}

function firstFailureAt(lines: Iterable<IncidentLine>, now: Instant): Instant {
  return [...lines].reduce((at, line) => Math.min(at, triggerOf(line)?.alert.firstFailureAt ?? at), now);
}

interface Telling {
  readonly transition: Transition;
  readonly facts: StormFacts;
}

const names: Readonly<Record<StormTopic, string>> = {
  outages: 'Many monitors at once',
  certificates: 'Many certificates at once',
};

/** A message in an alert's words. */
function alertOf(storm: Storm, { transition, facts }: Telling, { channelId, now }: MessageContext): Alert {
  const before = triggerOf(storm.messages)?.alert;
  const sequence = storm.lastSequence + 1;
  return {
    v: 1,
    subject: 'storm',
    trouble: null,
    alertId: alertIdOf(storm.stormId, transition, sequence),
    incidentId: storm.stormId,
    monitorId: channelId,
    transition,
    sequence,
    at: now,
    monitor: { name: names[facts.topic], type: 'storm', target: 'quorate', tags: {} },
    channelIds: [channelId],
    firstFailureAt: before?.firstFailureAt ?? firstFailureAt(storm.members.values(), now),
    openedAt: storm.openedAt,
    resolvedAt: transition === 'resolved' ? now : null,
    resolveCause: transition === 'resolved' ? resolveCauseOf(facts) : null,
    acknowledgedBy: transition === 'acknowledged' ? acknowledgedBy(facts) : null,
    regions: [],
    expectedRegions: [],
    votes: [],
  };
}

/** Named by its number, so that planning it again changes nothing; its list is settled here, not when it leaves. */
export function nextMessage(storm: Storm, context: MessageContext): Delivery | null {
  const due = dueTransition(storm, context);
  const { channelId, now, brake } = context;
  if (due === null) return null;
  const topic = topicOfStorm(storm.stormId);
  const { openedMax, windowSeconds } = triggerOf(storm.messages)?.storm ?? brakeOf(topic, brake ?? stormBrakeDefault);
  const facts = factsOf(storm, { channelId, topic, openedMax, windowSeconds });
  const isNote = due === 'updated' && isTakenOn(facts, storm.messages.at(-1)?.storm ?? null);
  const alert = alertOf(storm, { transition: isNote ? 'acknowledged' : due, facts }, context);
  return { ...newDelivery(alert, channelId, now), storm: facts };
}
