/** When which instance makes a pass. */
import { describe, expect, it } from '@jest/globals';
import { auditTimingsDefault as timings, isPassDue } from './audit-schedule.ts';

const startedAt = 1_000_000;
const { firstAfterMs, everyMs, againAfterMs } = timings;
const [own, others] = [true, false];

describe('a pass is due', () => {
  it.each([
    ['not at the start', null, 0, {}, false],
    ['a while after the start', null, firstAfterMs, {}, true],
    ['after the start, whoever passed before it', { at: -1, isOwn: others }, firstAfterMs, {}, true],
    ['not soon after one', { at: 100, isOwn: own }, 100 + everyMs - 1, {}, false],
    ['in its turn', { at: 100, isOwn: own }, 100 + everyMs, {}, true],
    ['sooner when it saw something new', { at: 100, isOwn: own }, 100 + againAfterMs, { sawNew: true }, true],
    ['at once when people ask', { at: 100, isOwn: own }, 101, { isAskedFor: true }, true],
    ['not while another instance does it', { at: 100, isOwn: others }, 100 + everyMs, { isAskedFor: true }, false],
    ['when the other one is silent', { at: 100, isOwn: others }, 100 + 2 * everyMs, {}, true],
  ])('%s', (_when, pass, afterMs, change, isDue) => {
    const last = pass === null ? null : { ...pass, at: startedAt + pass.at };
    const situation = { now: startedAt + afterMs, startedAt, last, sawNew: false, isAskedFor: false, ...change };
    expect(isPassDue(situation, timings)).toBe(isDue);
  });
});
