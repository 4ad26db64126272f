import { beforeEach, describe, expect, it } from '@jest/globals';
import { CanarySilence } from './canary-silence.ts';

const minuteMs = 60_000;

let silence: CanarySilence;

beforeEach(() => {
  silence = new CanarySilence();
});

/** Looks at monitors `m0`, `m1`, …: `u` is up, `d` is down. */
function look(outcomes: string, at = 0): void {
  [...outcomes].forEach((outcome, index) => silence.looked(`m${index}`, { isFailing: outcome === 'd', at }));
}

function fallSilent(at = 0): void {
  silence.answered();
  silence.unanswered(at);
}

describe('while a canary answers', () => {
  it.each(['d', 'dd', 'dddddddd'])('the failures %s are those of the targets', (outcomes) => {
    silence.answered();
    look(outcomes);
    expect(silence.isOwnFault).toBe(false);
  });
});

describe('while no canary answers', () => {
  it.each([
    ['d', true],
    ['u', false],
    ['du', false],
    ['ddu', true],
    ['dduu', false],
    ['ddduu', true],
    ['', false],
  ])('the failures among %s are the own fault: %s', (outcomes, expected) => {
    fallSilent();
    look(outcomes);
    expect(silence.isOwnFault).toBe(expected);
  });

  it('a monitor counts once, by its newest look: confirming rounds make one target no majority', () => {
    fallSilent();
    look('duu');
    for (let confirmation = 0; confirmation < 5; confirmation++) silence.looked('m0', { isFailing: true, at: 1 });
    expect(silence.counts).toEqual({ failing: 1, monitors: 3 });
    look('uuu');
    expect(silence.counts).toEqual({ failing: 0, monitors: 3 });
  });

  it('what was seen before does not count: a link that is cut was good until then', () => {
    silence.answered();
    look('uuuuuuuu');
    silence.unanswered(1);
    look('d', 2);
    expect(silence.isOwnFault).toBe(true);
  });

  it('a monitor that was not looked at for long, while others were, no longer counts', () => {
    fallSilent();
    look('uuu');
    silence.looked('late', { isFailing: true, at: 15 * minuteMs });
    expect(silence.isOwnFault).toBe(false);
    silence.looked('late', { isFailing: true, at: 15 * minuteMs + 1 });
    expect(silence).toMatchObject({ isOwnFault: true, counts: { failing: 1, monitors: 1 } });
  });

  it('counts no more monitors than it has room for, the newest', () => {
    fallSilent();
    for (let index = 0; index < 10_001; index++) silence.looked(`monitor ${index}`, { isFailing: index === 0, at: 0 });
    expect(silence.counts).toEqual({ failing: 0, monitors: 10_000 });
  });
});

describe('when a canary answers again', () => {
  it('it is the own fault no more, and all begins anew', () => {
    fallSilent();
    look('ddd');
    silence.answered();
    expect(silence.isOwnFault).toBe(false);
    silence.unanswered(1);
    expect(silence).toMatchObject({ isOwnFault: false, counts: { failing: 0, monitors: 0 } });
  });
});

describe('canaries that have no say', () => {
  it('are those that have never answered: a prober without a way out to them still votes', () => {
    silence.unanswered(0);
    look('ddd');
    expect(silence).toMatchObject({ hasSay: false, isOwnFault: false });
  });

  it('are those that were silent for long while most monitors were up', () => {
    fallSilent();
    look('u');
    silence.unanswered(5 * minuteMs - 1);
    expect(silence.hasSay).toBe(true);
    silence.unanswered(5 * minuteMs);
    look('d', 5 * minuteMs);
    expect(silence).toMatchObject({ hasSay: false, isOwnFault: false });
    silence.answered();
    expect(silence.hasSay).toBe(true);
  });

  it('are not those of a prober that is cut off for long', () => {
    fallSilent();
    look('ddu');
    silence.unanswered(60 * minuteMs);
    expect(silence).toMatchObject({ hasSay: true, isOwnFault: true });
  });

  it('are not those of a prober that looked at nothing meanwhile', () => {
    fallSilent();
    silence.unanswered(60 * minuteMs);
    expect(silence.hasSay).toBe(true);
  });
});
