/** Which forms of an entity are old. */
import { describe, expect, it } from '@jest/globals';
import { lateFormMsMax, NewestForms } from './versioned.ts';

const key = 'shop';
const first = { key, value: { version: 2 }, appendedAt: 1_000 };

describe('of an entity, a form', () => {
  it.each([
    ['older than the one that is known', { version: 1 }, 1_500, 2],
    ['older, and so much later that it is meant', { version: 1 }, 1_000 + lateFormMsMax, 1],
    ['the one that is known', { version: 2 }, 1_500, 2],
    ['newer', { version: 3 }, 1_500, 3],
  ])('that is %s', (_what, value, appendedAt, version) => {
    const forms = new NewestForms();
    expect(forms.hear(first)).toBe(true);
    expect(forms.hear({ key, value, appendedAt })).toBe(version === value.version);
    expect(forms.get(key)).toEqual({ version });
  });

  it('that comes after its end is the first one again', () => {
    const forms = new NewestForms();
    for (const told of [first, { ...first, value: null }]) expect(forms.hear(told)).toBe(true);
    expect([...forms.keys()]).toEqual([]);
    expect(forms.hear({ ...first, value: { version: 1 } })).toBe(true);
    expect([...forms.values()]).toEqual([{ version: 1 }]);
  });
});
