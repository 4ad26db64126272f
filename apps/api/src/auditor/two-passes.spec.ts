/** What is under way is never a finding. */
import { describe, expect, it } from '@jest/globals';
import type { Area, Finding } from './finding.ts';
import { TwoPasses } from './two-passes.ts';

const everything: readonly Area[] = ['configuration', 'read-model', 'work'];

function finding(change: Partial<Finding> = {}): Finding {
  return { kind: 'status-differs', subject: 'a', evidence: '1', detail: '', repair: null, ...change };
}

describe('two passes', () => {
  it.each([
    ['what was seen before', finding(), true],
    ['what is seen for the first time', finding({ subject: 'b' }), false],
    ['what has moved since', finding({ evidence: '2' }), false],
    ['another thing about the same', finding({ kind: 'monitor-unchecked' }), false],
  ])('of %s', (_what, second, counts) => {
    const passes = new TwoPasses();
    expect(passes.confirm([finding()], everything)).toEqual({ findings: [], newCount: 1 });
    const confirmed = passes.confirm([second], everything);
    expect(confirmed).toEqual({ findings: counts ? [second] : [], newCount: counts ? 0 : 1 });
  });

  it('are two in a row', () => {
    const passes = new TwoPasses();
    passes.confirm([finding()], everything);
    passes.confirm([], everything);
    expect(passes.confirm([finding()], everything).findings).toEqual([]);
  });

  it('remember what a pass between them could not look at', () => {
    const passes = new TwoPasses();
    passes.confirm([finding()], everything);
    passes.confirm([], ['configuration', 'work']);
    expect(passes.confirm([finding()], everything).findings).toEqual([finding()]);
  });

  it('know what was tried in an earlier pass, and forget it after a while', () => {
    const passes = new TwoPasses();
    passes.confirm([], everything);
    passes.attempted(finding());
    expect(passes.wasAttempted(finding())).toBe(false);
    passes.confirm([], everything);
    expect(passes.wasAttempted(finding({ evidence: 'another' }))).toBe(true);
    for (let pass = 0; pass < 20; pass++) passes.confirm([], everything);
    expect(passes.wasAttempted(finding())).toBe(false);
  });
});
