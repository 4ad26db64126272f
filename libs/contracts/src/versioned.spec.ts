/** Which forms of an entity are old. */
import { describe, expect, it } from '@jest/globals';
import { isOutdated } from './versioned.ts';

describe('a form of an entity', () => {
  it.each([
    ['older than the one that is known', { version: 1 }, { version: 2 }, true],
    ['the one that is known', { version: 2 }, { version: 2 }, false],
    ['newer', { version: 3 }, { version: 2 }, false],
    ['the first that is heard of', { version: 1 }, undefined, false],
    ['its deletion', null, { version: 2 }, false],
  ])('that is %s', (_what, told, known, outdated) => expect(isOutdated(told, known)).toBe(outdated));
});
