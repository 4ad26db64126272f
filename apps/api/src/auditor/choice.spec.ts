/** What people decide. */
import { describe, expect, it } from '@jest/globals';
import { asChosen, stillChosen } from './choice.ts';
import type { Finding } from './finding.ts';

const entity = { topic: 'monitors', key: 'a' } as const;
const outdated: Finding = {
  ...{ kind: 'row-outdated', subject: 'a', evidence: '', detail: '' },
  repair: { type: 'choose', entity, toldVersion: 4 },
};

describe('a choice', () => {
  it.each([
    ['for the log', { 'row-outdated': 'log' } as const, { type: 'take-record', entity }],
    ['for the database', { 'row-outdated': 'database' } as const, { type: 'say-again', entity, versionAbove: 4 }],
    ['about something else', { 'row-missing': 'log' } as const, outdated.repair],
    ['that is not made', {}, outdated.repair],
  ])('%s', (_what, chosen, repair) => expect(asChosen(outdated, chosen).repair).toEqual(repair));

  it('does not touch what nobody has to choose about', () => {
    const finding: Finding = { ...outdated, repair: null };
    expect(asChosen(finding, { 'row-outdated': 'log' })).toBe(finding);
  });

  it.each([
    ['holds until what it is about is seen twice', [outdated], [], { 'row-outdated': 'log' }],
    ['is done with the pass that saw it twice', [outdated], [outdated], {}],
    ['falls when there is nothing any more', [], [], {}],
  ])('%s', (_what, seen, confirmed, left) => {
    expect(stillChosen({ 'row-outdated': 'log' }, seen, confirmed)).toEqual(left);
  });
});
