/**
 * Which rounds of a monitor are judged one after the other, and in what order. A round on a version of the monitor that
 * was superseded by the time it was judged is history, and so is one that was announced after a later one was judged.
 */
import { roundKey, type RoundClosed } from '@quorate/contracts';
import type { AnnouncedRound, History, Written } from './history.ts';

const kindOrder = { scheduled: 0, confirming: 1, manual: 2 } as const;
/** What people change is in force after so long; until then a round of the version before may count. */
const changeMs = 8_000;
/** What was written so shortly after another thing may be read before it: each comes by a way of its own. */
const overtakenMsMax = 500;
/** An owner takes no round for the later one whose time lies so far ahead of the log's. */
const clockAheadMsMax = 60_000;

type Closed = Written<RoundClosed>;
type Rounds = Pick<History, 'closed' | 'rounds' | 'lifeOf'>;

export interface RowRound {
  readonly round: RoundClosed;
  /** Whether it counted; null where the log does not tell. */
  readonly counts: boolean | null;
}

function inOrder({ value: left }: Closed, { value: right }: Closed): number {
  return left.dueAt - right.dueAt || kindOrder[left.kind] - kindOrder[right.kind];
}

/** Whether the version that it asked about was no longer in force as it was judged. */
function isSuperseded(history: Rounds, { value, appendedAt }: Closed): boolean | null {
  const newer = history
    .lifeOf(value.monitorId)
    .find((form) => form.value !== null && form.value.version > value.monitorVersion);
  if (newer === undefined || appendedAt < newer.appendedAt) return false;
  return value.decidedAt > newer.appendedAt + changeMs ? true : null;
}

/** Whether a later one was judged before it was announced. */
function isOvertaken(announced: AnnouncedRound, later: readonly Closed[]): boolean | null {
  const near = later.filter(({ value }) => value.dueAt <= announced.appendedAt + clockAheadMsMax);
  if (near.some((one) => one.appendedAt + overtakenMsMax < announced.appendedAt)) return true;
  return near.some(({ value }) => value.decidedAt <= announced.appendedAt + overtakenMsMax) ? null : false;
}

/** The rounds of a monitor that may move its status, in the order in which they are judged. */
export function rowOf(history: Rounds, monitorId: string): RowRound[] {
  const checks = history.rounds();
  const rounds = history.closed
    .filter(({ value }) => value.monitorId === monitorId && value.kind !== 'manual')
    .sort(inOrder);
  return rounds.map((closed, index) => {
    const announced = checks.get(roundKey(closed.value));
    const overtaken = announced === undefined ? null : isOvertaken(announced, rounds.slice(index + 1));
    const doubts = [overtaken, isSuperseded(history, closed)];
    const isHistory = doubts.includes(true);
    return { round: closed.value, counts: doubts.includes(null) && !isHistory ? null : !isHistory };
  });
}
