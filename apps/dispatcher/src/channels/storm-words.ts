/** A storm's facts as every channel tells them: a headline that fits, its counts, its monitors one by one. */
import type { Storm, StormMember, StormTopic, Transition } from '@quorate/contracts';
import { cut } from './cut.ts';
import { isoTime } from './evidence.ts';

/** A longer name would leave no room for others. */
const nameCharactersMax = 60;

function countsOf({ openCount, acknowledgedCount, resolvedCount }: Storm): { down: number; total: number } {
  const down = openCount + acknowledgedCount;
  return { down, total: down + resolvedCount };
}

function monitors(count: number): string {
  return count === 1 ? '1 monitor' : `${count} monitors`;
}

/** As many names of those that are down as fit, and how many more there are; none when it would be none. */
function namesOf({ members, ...storm }: Storm, charactersMax: number): string {
  const { down } = countsOf({ members, ...storm });
  const names = members.filter(({ state }) => state !== 'resolved').map(({ name }) => cut(name, nameCharactersMax));
  for (let count = names.length; count > 0; count--) {
    const rest = down > count ? ` and ${down - count} more` : '';
    const text = `: ${names.slice(0, count).join(', ')}${rest}`;
    if (text.length <= charactersMax) return text;
  }
  return '';
}

const beginnings: Readonly<Record<StormTopic, (storm: Storm, transition: Transition) => string>> = {
  outages: beginningOfOutages,
  certificates: beginningOfCertificates,
};

function certificates(count: number): string {
  return count === 1 ? 'The certificate of 1 monitor expires' : `The certificates of ${count} monitors expire`;
}

function beginningOfCertificates(storm: Storm, transition: Transition): string {
  const { down, total } = countsOf(storm);
  switch (transition) {
    case 'acknowledged':
      return `Acknowledged: ${certificates(down)} soon`;
    case 'resolved':
      return `No certificate of these ${monitors(total)} expires soon any more`;
    default:
      return `${certificates(down)} soon, told here together`;
  }
}

function beginningOfOutages(storm: Storm, transition: Transition): string {
  const { down, total } = countsOf(storm);
  const { openedMax, windowSeconds, acknowledgedCount } = storm;
  switch (transition) {
    case 'opened':
      return `Many monitors at once (more than ${openedMax} down within ${windowSeconds} s), others are told here`;
    case 'acknowledged':
      return `Acknowledged: ${monitors(down)} of this storm`;
    case 'resolved':
      return `The storm is over: ${monitors(total)} no longer down`;
    default:
      return `${down} of the ${monitors(total)} of this storm ${down === 1 ? 'is' : 'are'} down${
        acknowledgedCount > 0 ? `, ${acknowledgedCount} acknowledged` : ''
      }`;
  }
}

/** The storm in one line, with the names that fit. */
export function stormHeadline(storm: Storm, transition: Transition, charactersMax: number): string {
  const beginning = beginnings[storm.topic](storm, transition);
  return beginning + namesOf(storm, charactersMax - beginning.length);
}

export function stormCounts(storm: Storm) {
  const { topic, openedMax, windowSeconds, openCount, acknowledgedCount, resolvedCount, members } = storm;
  const unlistedCount = countsOf(storm).total - members.length;
  return { topic, openedMax, windowSeconds, openCount, acknowledgedCount, resolvedCount, unlistedCount };
}

export function memberFacts({ openedAt, resolvedAt, ...member }: StormMember) {
  return { ...member, openedAt: isoTime(openedAt), resolvedAt: isoTime(resolvedAt) };
}
