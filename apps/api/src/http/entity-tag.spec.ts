/** What If-Match insists on. */
import { describe, expect, it } from '@jest/globals';
import { checkVersion, entityTagOf } from './entity-tag.ts';

describe('checkVersion', () => {
  it('lets any version pass where none is asked for', () => expect(() => checkVersion(null, 7)).not.toThrow());
  it('lets the version pass that is asked for', () => expect(() => checkVersion(7, 7)).not.toThrow());
  it('refuses another, saying which it is by now', () => expect(() => checkVersion(6, 7)).toThrow(/is 7 by now/));
});

describe('entityTagOf', () => {
  it('quotes the version', () => expect(entityTagOf(3)).toBe('"3"'));
});
