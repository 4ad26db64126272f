/** Arithmetic of stretches of time. */
import { describe, expect, it } from '@jest/globals';
import { gapsOf, joined } from './spans.ts';

const span = (from: number, to: number) => ({ from, to });

describe('stretches of time', () => {
  it('are joined where they touch or overlap, whatever their order', () => {
    expect(joined([span(5, 7), span(0, 2), span(2, 3), span(6, 9)])).toEqual([span(0, 3), span(5, 9)]);
  });

  it('leave the gaps between them', () => {
    expect(gapsOf(span(1, 10), [span(0, 2), span(4, 5), span(9, 12)])).toEqual([span(2, 4), span(5, 9)]);
  });

  it('leave everything where nothing is taken, and nothing where all is', () => {
    expect(gapsOf(span(1, 10), [])).toEqual([span(1, 10)]);
    expect(gapsOf(span(1, 10), [span(0, 10)])).toEqual([]);
  });
});
