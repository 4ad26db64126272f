import { describe, expect, it } from '@jest/globals';
import { movedPositions, type StepPositions } from './moved-positions.ts';

const committed: Readonly<Record<string, number>> = { votes: 10 };
const step: StepPositions = {
  guarantee: 'exactly-once',
  committed: (stream) => committed[stream] ?? null,
  handedOver: { votes: 15, checks: 4 },
  resumeFrom: undefined,
};

describe('the positions of a step', () => {
  it('move to the end of what was handed over', () => {
    expect(movedPositions(step)).toEqual(new Map(Object.entries({ votes: 15, checks: 4 })));
  });

  it('stay where the step still needs what lies behind', () => {
    expect(movedPositions({ ...step, resumeFrom: { votes: 12 } }).get('votes')).toBe(12);
  });

  it.each([
    ['go back to what was committed before', { votes: 7, checks: 0 }],
    ['are committed again where they are', { votes: 10, checks: 0 }],
  ])('never %s', (_, resumeFrom) => {
    expect(movedPositions({ ...step, resumeFrom })).toEqual(new Map());
  });

  it('never go beyond what was handed over', () => {
    expect(movedPositions({ ...step, resumeFrom: { votes: 99 } }).get('votes')).toBe(15);
  });

  it('are not kept where the task keeps them itself', () => {
    expect(movedPositions({ ...step, guarantee: 'external' })).toEqual(new Map());
  });

  it('of what is no stream are refused', () => {
    expect(() => movedPositions({ ...step, resumeFrom: { verdicts: 1 } })).toThrow(/verdicts, which is no stream/);
  });
});
