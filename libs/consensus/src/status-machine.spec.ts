import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isFlapping } from './flapping.ts';
import { Rehearsal } from './rehearsal.stage.ts';

fc.configureGlobal({ seed: 5, numRuns: 150 });

type Outcome = 'u' | 'd' | 'i';

/** Words of three regions, each complete, so that their rounds close at once. */
const words: Readonly<Record<Outcome, string>> = { u: 'uuu', d: 'ddd', i: 'dua' };

interface Policy {
  readonly confirmations: number;
  readonly recoveries: number;
}

/** The rule as one would tell it, over verdicts alone. */
class NaiveRule {
  readonly told: string[] = [];
  readonly #policy: Policy;
  #isOpen = false;
  #inARow = 0;
  #undecided = 0;
  #history = '';
  #flapping = false;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  hear(outcome: Outcome): void {
    if (outcome === 'i') this.#hearNothing();
    else this.#hearVerdict(outcome);
  }

  #hearNothing(): void {
    this.#undecided = this.#inARow === 0 ? 0 : this.#undecided + 1;
    if (this.#undecided === 3) [this.#inARow, this.#undecided] = [0, 0];
  }

  #hearVerdict(outcome: 'u' | 'd'): void {
    this.#history = `${this.#history}${outcome}`.slice(-21);
    this.#flapping = isFlapping(this.#history, this.#flapping);
    this.#inARow = outcome === (this.#isOpen ? 'u' : 'd') ? this.#inARow + 1 : 0;
    this.#undecided = 0;
    const { confirmations, recoveries } = this.#policy;
    if (this.#inARow < (this.#isOpen ? recoveries : confirmations) || (this.#isOpen && this.#flapping)) return;
    this.told.push(this.#isOpen ? 'resolved:0' : 'opened:0');
    [this.#isOpen, this.#inARow] = [!this.#isOpen, 0];
  }
}

const outcomes = fc
  .array(fc.constantFrom<Outcome[]>(['u'], ['d'], ['i'], ['d', 'd', 'd'], ['u', 'u'], ['u', 'd', 'u', 'd']), {
    maxLength: 30,
  })
  .map((parts) => parts.flat());
const policies = fc.record({
  confirmations: fc.integer({ min: 1, max: 4 }),
  recoveries: fc.integer({ min: 1, max: 4 }),
});

function play(script: readonly Outcome[], policy: Policy): Rehearsal {
  const rehearsal = new Rehearsal({ decision: policy });
  for (const outcome of script) rehearsal.round(words[outcome]);
  return rehearsal;
}

describe('the status machine', () => {
  it('opens and resolves as the rule says', () => {
    fc.assert(
      fc.property(outcomes, policies, (script, policy) => {
        const rule = new NaiveRule(policy);
        for (const outcome of script) rule.hear(outcome);
        expect(play(script, policy).told).toEqual(rule.told);
      }),
    );
  });

  it('tells each change of status or flapping once, in order of time, the last of them being how it stands', () => {
    fc.assert(
      fc.property(outcomes, policies, (script, policy) => {
        const { effects, state } = play(script, policy);
        const changes = effects.flatMap((effect) => (effect.kind === 'status-changed' ? [effect.record] : []));
        const shown = changes.map(({ status, flapping }) => `${status} ${flapping}`);
        for (const [index, change] of changes.entries()) {
          expect(shown[index]).not.toBe(index === 0 ? 'pending false' : shown[index - 1]);
          expect(change.since).toBeGreaterThanOrEqual(changes[index - 1]?.since ?? 0);
        }
        expect(shown.at(-1) ?? 'pending false').toBe(`${state.status} ${state.flapping}`);
      }),
    );
  });

  it('shows down with an incident, and never without one', () => {
    fc.assert(
      fc.property(outcomes, policies, (script, policy) => {
        const { state } = play(script, policy);
        expect(state.status === 'down').toBe(state.incident !== null);
      }),
    );
  });
});
