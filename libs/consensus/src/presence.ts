/** What a closed round says of the regions: who is absent, whether enough answered, whether only some see it down. */
import type { MonitorState, Verdict } from '@quorate/contracts';
import { contradictionsAfter } from './contradiction.ts';
import { downRegionsOf } from './evidence.ts';
import { absentAfterRounds, change, type KnownWork } from './memory.ts';
import type { Ruling } from './ruling.ts';
import { roundsInARow } from './status.ts';
import { answersMin } from './tally.ts';
import { isAnnounced, type AnnouncedWindow } from './vote-window.ts';

type Silence = MonitorState['silence'];

/** Who has voted in a round that is still open is there, whatever it missed before: rounds may close late, in a row. */
function isHeardSince({ windows }: KnownWork, region: string): boolean {
  return windows.some((window) => window.kind !== 'manual' && isAnnounced(window) && window.votes.has(region));
}

function silenceAfter(work: KnownWork, { check, votes }: AnnouncedWindow): Silence {
  const after = { ...work.state.silence };
  for (const region of check.expectedRegions) {
    if (votes.has(region) || isHeardSince(work, region)) delete after[region];
    else after[region] = Math.min(absentAfterRounds, (after[region] ?? 0) + 1);
  }
  return after;
}

function answerCountOf({ votes }: AnnouncedWindow, { quarantinedRegions }: Ruling): number {
  const counted = [...votes.values()].filter(({ vote }) => !quarantinedRegions.includes(vote.region));
  return counted.filter(({ vote }) => vote.outcome !== 'abstain').length;
}

/** A region that votes is a voter again at once, for the rounds that are open too. */
export function welcome(work: KnownWork, region: string): void {
  const { [region]: silence, ...rest } = work.state.silence;
  if (silence !== undefined) change(work, { silence: rest });
}

/** Two rounds in a row with a down vote but no down verdict begin it; a round that was answered without one ends it. */
function degradedAfter({ degradedCount, degradedRegions }: MonitorState, downRegions: string[], verdict: Verdict) {
  if (downRegions.length === 0) return { degradedCount: 0, degradedRegions: [] };
  if (verdict !== 'down')
    return { degradedCount: Math.min(roundsInARow, degradedCount + 1), degradedRegions: downRegions };
  return degradedCount >= roundsInARow ? { degradedCount, degradedRegions } : { degradedCount: 0, degradedRegions: [] };
}

/** Takes in the evidence of a round whose window closes. */
export function observe(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { state } = work;
  const { check } = window;
  const answerCount = answerCountOf(window, ruling);
  const isBelowFloor = answerCount < answersMin(check.decision, check.registeredRegions.length);
  change(work, {
    silence: silenceAfter(work, window),
    contradictions: contradictionsAfter(state.contradictions, window),
    belowFloorCount: isBelowFloor ? Math.min(roundsInARow, state.belowFloorCount + 1) : 0,
    ...(answerCount > 0 ? degradedAfter(state, downRegionsOf(window, ruling), ruling.verdict) : {}),
  });
}
