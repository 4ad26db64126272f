/** Which forms of an entity are old. */
import { describe, expect, it } from '@jest/globals';
import { isOutdated, lateFormMsMax } from './versioned.ts';

describe('a form of an entity', () => {
  const known = { version: 2, appendedAt: 1_000 };
  it.each([
    ['older than the one that is known', { version: 1, appendedAt: 1_500 }, known, true],
    ['older, and so much later that it is meant', { version: 1, appendedAt: 1_000 + lateFormMsMax }, known, false],
    ['the one that is known', { version: 2, appendedAt: 1_500 }, known, false],
    ['newer', { version: 3, appendedAt: 1_500 }, known, false],
    ['the first that is heard of', { version: 1, appendedAt: 1_500 }, undefined, false],
  ])('that is %s', (_what, told, before, outdated) => expect(isOutdated(told, before)).toBe(outdated));
});
