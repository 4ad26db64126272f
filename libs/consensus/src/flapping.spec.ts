import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFlapping, rememberVerdict, verdictsRememberedMax } from './flapping.ts';
import { Rehearsal } from './rehearsal.stage.ts';

fc.configureGlobal({ seed: 21 });

/** What Nagios does, written as it is told: a ring of 21 states that begins all well, and a sum over its 20 changes. */
class NagiosOracle {
  readonly #states: boolean[] = Array.from({ length: 21 }, () => true);
  flapping = false;

  constructor(first: boolean) {
    this.#states.fill(first);
  }

  take(isUp: boolean): void {
    this.#states.shift();
    this.#states.push(isUp);
    let changes = 0;
    for (let x = 1; x < 21; x++) {
      if (this.#states[x] !== this.#states[x - 1]) changes += ((x - 1) * (1.25 - 0.75)) / (21 - 2) + 0.75;
    }
    const percent = (changes * 100) / (21 - 1);
    if (percent > 50) this.flapping = true;
    if (percent < 25) this.flapping = false;
  }
}

function follow(word: string): boolean[] {
  let [verdicts, flapping] = ['', false];
  return [...word].map((letter) => {
    verdicts = rememberVerdict(verdicts, letter === 'u' ? 'up' : 'down');
    flapping = isFlapping(verdicts, flapping);
    return flapping;
  });
}

describe('flapping', () => {
  it('is what Nagios calls so, verdict by verdict', () => {
    const words = fc.array(fc.constantFrom('u', 'd', 'ud', 'uudd', 'uuu', 'ddd'), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, (parts) => {
        const word = parts.join('');
        const oracle = new NagiosOracle(word.startsWith('u'));
        const expected = [...word].map((letter) => {
          oracle.take(letter === 'u');
          return oracle.flapping;
        });
        expect(follow(word)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['ududududud', 'begins with the ninth change', [8, 9]],
    ['u'.repeat(21) + 'd'.repeat(21), 'is no single outage', [-1, -1]],
    ['uuuud'.repeat(12), 'is no outage in each fifth round', [-1, -1]],
  ])('%s %s', (word, _sentence, [before, first]) => {
    expect(follow(word).indexOf(true)).toBe(first);
    if (before !== undefined && before >= 0) expect(follow(word)[before]).toBe(false);
  });

  it('ends only when it has been calm for two thirds of what is remembered', () => {
    const flapping = follow(`${'ud'.repeat(11)}${'u'.repeat(21)}`);
    expect(flapping.lastIndexOf(true) - 21).toBe(14);
  });

  it('remembers so many verdicts and no more', () => {
    let verdicts = '';
    for (let count = 0; count < 50; count++) verdicts = rememberVerdict(verdicts, count < 49 ? 'down' : 'up');
    expect(verdicts).toBe(`${'d'.repeat(verdictsRememberedMax - 1)}u`);
  });
});

/** As many rounds as letters, each of one voice. */
function play(rehearsal: Rehearsal, word: string): void {
  for (const letter of word) rehearsal.round(letter.repeat(3));
}

const once = { confirmations: 1, recoveries: 1 };
const flappings = ({ effects }: Rehearsal) =>
  effects.flatMap((effect) => (effect.kind === 'status-changed' ? [effect.record] : []));

describe('a target that flaps', () => {
  it('shows as degraded, and pages nobody while it is never down for long', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 3 } });
    play(rehearsal, 'udududududud');
    expect(rehearsal.status).toBe('degraded');
    expect(rehearsal.told).toEqual([]);
    expect(flappings(rehearsal).at(-1)).toMatchObject({ status: 'degraded', flapping: true });
    play(rehearsal, 'u'.repeat(20));
    expect(flappings(rehearsal).at(-1)).toMatchObject({ status: 'up', flapping: false });
    expect(rehearsal.told).toEqual([]);
  });

  it('has one incident, opened once and resolved once', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2, recoveries: 2 } });
    play(rehearsal, 'uuuuuu');
    play(rehearsal, 'ddudududududududuududududd');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.status).toBe('down');
    play(rehearsal, 'u'.repeat(20));
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
    expect(rehearsal.status).toBe('up');
  });

  it('keeps its incident open until it is calm, though it recovers in between', () => {
    const rehearsal = new Rehearsal({ decision: once });
    play(rehearsal, 'ududududud');
    const opened = rehearsal.told.filter((transition) => transition === 'opened:0').length;
    expect(rehearsal.state).toMatchObject({ flapping: true, incident: {} });
    play(rehearsal, 'u'.repeat(14));
    expect(rehearsal.state).toMatchObject({ flapping: true, incident: {}, turn: { towards: 'up', count: 14 } });
    play(rehearsal, 'u');
    expect(rehearsal.state).toMatchObject({ flapping: false, incident: null });
    expect(rehearsal.told.filter((transition) => transition === 'opened:0')).toHaveLength(opened);
  });

  it('says so though its status stays down', () => {
    const rehearsal = new Rehearsal({ decision: { ...once, recoveries: 2 } });
    play(rehearsal, 'ududududud');
    const changes = flappings(rehearsal).map(({ status, flapping }) => `${status} ${flapping}`);
    expect(changes).toEqual(['up false', 'down false', 'down true']);
    const [, down, flapping] = flappings(rehearsal);
    expect(flapping?.since).toBe(down?.since);
  });

  it('asks for no confirming rounds while its recovery waits for the calm: that takes its time', () => {
    const rehearsal = new Rehearsal({ decision: once });
    play(rehearsal, 'ududududud');
    const askedCount = rehearsal.confirmations.length;
    play(rehearsal, 'uuuuu');
    rehearsal.round('du-');
    rehearsal.pass(60_000);
    expect(rehearsal.confirmations).toHaveLength(askedCount);
  });

  it('still opens an incident when it stays down: that is no flapping any more, and nobody knows of it yet', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 3 } });
    play(rehearsal, 'udududududud');
    play(rehearsal, 'dd');
    expect(rehearsal.state.flapping).toBe(true);
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it.each([
    ['a pause and a resume', { paused: true }, { paused: false }],
    ['another target', { http: { url: 'https://new.example.com/' } }, {}],
  ])('is judged afresh after %s', (_situation, first, second) => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 3 } });
    play(rehearsal, 'udududududud');
    rehearsal.edit(first);
    rehearsal.edit(second);
    expect(rehearsal.state).toMatchObject({ flapping: false, recentVerdicts: '' });
    expect(flappings(rehearsal).at(-1)).toMatchObject({ flapping: false });
  });

  it('is not told by rounds without a verdict, nor by those of people', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 3 } });
    play(rehearsal, 'uu');
    for (let count = 0; count < 12; count++) {
      rehearsal.round('du-');
      const manual = { dueAt: rehearsal.now, kind: 'manual' } as const;
      rehearsal.announce(manual);
      rehearsal.castWord(manual, 'ddd');
      rehearsal.round('uuu');
    }
    expect(rehearsal.state.recentVerdicts).toBe('u'.repeat(14));
  });
});
