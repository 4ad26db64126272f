/**
 * A target that goes up and down too often keeps its incident until it is calm: Nagios' rule ("Detection and Handling
 * of State Flapping"), told here once more, as a ring of 21 states and a sum over its 20 changes.
 */
import { probeOf, type Instant, type MonitorRecord } from '@quorate/contracts';
import type { Span } from '../world/scenario.ts';
import { short, type Evidence } from './finding.ts';
import type { History, Written } from './history.ts';
import { rowOf } from './rows.ts';

const stateCount = 21;
const changeCount = stateCount - 1;
const enterAbovePercent = 50;
const leaveBelowPercent = 25;

class NagiosRing {
  readonly #states: boolean[];
  isFlapping = false;

  constructor(isUp: boolean) {
    this.#states = Array.from({ length: stateCount }, () => isUp);
  }

  take(isUp: boolean): void {
    this.#states.shift();
    this.#states.push(isUp);
    const weightOf = (change: number): number => 0.75 + (change * 0.5) / (changeCount - 1);
    const weights = this.#states.slice(1).map((state, index) => (state === this.#states[index] ? 0 : weightOf(index)));
    const percent = (weights.reduce((sum, weight) => sum + weight, 0) * 100) / changeCount;
    if (percent > enterAbovePercent) this.isFlapping = true;
    if (percent < leaveBelowPercent) this.isFlapping = false;
  }
}

interface Judged {
  readonly isUp: boolean;
  readonly at: Instant;
}

/** By version of a monitor, how often it began anew before: with a pause, or with another target, not with a name. */
function beginningsOf(life: readonly Written<MonitorRecord | null>[]): ReadonlyMap<number, number> {
  const beginnings = new Map<number, number>();
  let target = '';
  let count = 0;
  for (const { value } of life) {
    if (value === null) continue;
    const next = value.paused ? '' : JSON.stringify(probeOf(value));
    if (next !== target) count++;
    target = next;
    beginnings.set(value.version, count);
  }
  return beginnings;
}

/** The verdicts that move a monitor's status in their order, apart for each of its beginnings. */
function judgedOf({ closed }: History, monitorId: string, beginnings: ReadonlyMap<number, number>): Judged[][] {
  const moving = closed.filter(({ value: { monitorId: ofMonitor, kind, verdict } }) => {
    return ofMonitor === monitorId && kind !== 'manual' && verdict !== 'inconclusive';
  });
  const inOrder = moving.toSorted((left, right) => left.value.dueAt - right.value.dueAt);
  const apart = Map.groupBy(inOrder, ({ value }) => beginnings.get(value.monitorVersion));
  return [...apart.values()].map((rounds) =>
    rounds.map(({ value, appendedAt }) => ({ isUp: value.verdict === 'up', at: appendedAt })),
  );
}

/** When the incident of a monitor is rightly kept open although its target is up. */
export function flappingOf({ history }: Evidence, { id }: MonitorRecord): Span[] {
  return judgedOf(history, id, beginningsOf(history.lifeOf(id))).flatMap(spansOf);
}

function spansOf(judged: readonly Judged[]): Span[] {
  const [first] = judged;
  if (first === undefined) return [];
  const ring = new NagiosRing(first.isUp);
  return judged.flatMap(({ isUp, at }, index) => {
    ring.take(isUp);
    return ring.isFlapping ? [{ from: at, to: judged[index + 1]?.at ?? Infinity }] : [];
  });
}

export interface FlappingCounts {
  /** Monitors that flapped, as far as it can be told for certain. */
  targets: number;
}

/** Nobody's incident is resolved while its target flaps. */
export function checkFlapping(evidence: Evidence): FlappingCounts {
  const flapping = evidence.scenario.monitors.filter(({ record }) => {
    const spans = certainSpansOf(evidence, record);
    for (const { value } of evidence.history.alerts) {
      const { monitorId, resolveCause, resolvedAt } = value;
      if (monitorId !== record.id || resolveCause !== 'recovered') continue;
      if (spans.some(({ from, to }) => from <= (resolvedAt ?? 0) && (resolvedAt ?? 0) < to))
        evidence.violate(`${short(value.alertId)} was told while the target was flapping`);
    }
    return spans.length > 0;
  });
  return { targets: flapping.length };
}

/** None of a monitor that people changed, or of which the log doesn't tell which rounds counted. */
function certainSpansOf({ history }: Evidence, { id }: MonitorRecord): Span[] {
  const row = rowOf(history, id);
  if (history.lifeOf(id).length > 1 || row.some(({ counts }) => counts !== true)) return [];
  let at = 0;
  const judged = row.flatMap(({ round: { verdict, decidedAt } }) => {
    // A verdict that fell before an earlier one waits for that.
    at = Math.max(at, decidedAt);
    return verdict === 'inconclusive' ? [] : [{ isUp: verdict === 'up', at }];
  });
  return spansOf(judged);
}
