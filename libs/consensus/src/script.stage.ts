/** Scripts of a monitor's life for the specs, and what is to be seen of it in the end. */
import { Rehearsal, type Scene } from './rehearsal.stage.ts';

export interface Seen {
  readonly verdicts?: readonly string[];
  readonly told?: readonly string[];
  readonly statuses?: readonly string[];
  readonly status?: string;
}

export type Play = (rehearsal: Rehearsal) => void;
export type Row = readonly [promise: string, scene: Scene, play: Play, seen: Seen];

/** Plays the script. */
export function perform(scene: Scene, play: Play): Required<Seen> {
  const rehearsal = new Rehearsal(scene);
  play(rehearsal);
  const { verdicts, told, statuses, status } = rehearsal;
  return { verdicts, told, statuses, status };
}

export const rounds =
  (...words: readonly string[]): Play =>
  (rehearsal) => {
    for (const word of words) rehearsal.round(word);
  };

/** The first word is a scheduled round, the others confirm it. */
export const confirmed =
  (first: string, ...words: readonly string[]): Play =>
  (rehearsal) => {
    rehearsal.round(first);
    for (const word of words) rehearsal.confirm(word);
  };

export const then =
  (...plays: readonly Play[]): Play =>
  (rehearsal) => {
    for (const play of plays) play(rehearsal);
  };
