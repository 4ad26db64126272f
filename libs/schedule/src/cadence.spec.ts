import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cadenceOf, dueCountIn, firstDueAfter, lastDueUpTo } from './cadence.ts';

fc.configureGlobal({ seed: 11 });

const intervals = fc.integer({ min: 5_000, max: 86_400_000 });
const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });
const cadences = fc.tuple(fc.uuid(), intervals).map(([monitorId, intervalMs]) => cadenceOf(monitorId, intervalMs));

describe('cadenceOf', () => {
  it('gives a monitor the same phase in every process', () => {
    expect(cadenceOf('6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f', 30_000)).toEqual({ intervalMs: 30_000, phaseMs: 11_577 });
  });

  it('keeps the phase inside the interval', () => {
    fc.assert(
      fc.property(cadences, ({ phaseMs, intervalMs }) => {
        expect(phaseMs).toBeGreaterThanOrEqual(0);
        expect(phaseMs).toBeLessThan(intervalMs);
      }),
    );
  });

  it('spreads many monitors evenly: no tenth of the interval holds twice its share', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const { phaseMs } = cadenceOf(`00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`, 30_000);
      const tenth = Math.floor(phaseMs / 3_000);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.max(...tenths)).toBeLessThan(1_200);
    expect(Math.min(...tenths)).toBeGreaterThan(800);
  });
});

describe('the instants of a cadence', () => {
  it('are those with the phase as their remainder', () => {
    fc.assert(
      fc.property(cadences, instants, (cadence, at) => {
        const dueAt = firstDueAfter(cadence, at);
        expect((dueAt - cadence.phaseMs) % cadence.intervalMs).toBe(0);
        expect(dueAt).toBeGreaterThan(at);
        expect(dueAt - at).toBeLessThanOrEqual(cadence.intervalMs);
      }),
    );
  });

  it('follow one another without a gap', () => {
    fc.assert(
      fc.property(cadences, instants, (cadence, at) => {
        const dueAt = firstDueAfter(cadence, at);
        expect(lastDueUpTo(cadence, dueAt)).toBe(dueAt);
        expect(firstDueAfter(cadence, dueAt)).toBe(dueAt + cadence.intervalMs);
      }),
    );
  });
});

describe('dueCountIn', () => {
  it('counts each instant once, however the time is cut into windows', () => {
    fc.assert(
      fc.property(cadences, fc.array(instants, { minLength: 2, maxLength: 8 }), (cadence, cuts) => {
        cuts.sort((left, right) => left - right);
        const [first = 0, last = 0] = [cuts[0], cuts.at(-1)];
        const pieces = cuts.slice(1).map((until, index) => dueCountIn(cadence, { after: cuts[index] ?? 0, until }));
        expect(pieces.reduce((sum, count) => sum + count, 0)).toBe(dueCountIn(cadence, { after: first, until: last }));
      }),
    );
  });

  it('excludes the beginning of the window and includes its end', () => {
    const cadence = { intervalMs: 30_000, phaseMs: 1_000 };
    expect(dueCountIn(cadence, { after: 31_000, until: 61_000 })).toBe(1);
    expect(dueCountIn(cadence, { after: 31_000, until: 60_999 })).toBe(0);
    expect(dueCountIn(cadence, { after: 61_000, until: 31_000 })).toBe(0);
  });
});
