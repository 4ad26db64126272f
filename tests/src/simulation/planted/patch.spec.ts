/** Changes to source, and that each planted one still fits its source. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { root } from '../host/root.ts';
import { bugs } from './bugs.ts';
import { patched } from './patch.ts';

const change = { path: 'a.ts', find: 'one', replace: '$& and two' };

describe('a patch', () => {
  it('replaces its text, to the letter', () => {
    expect(patched('begin one end', [change])).toBe('begin $& and two end');
  });

  it.each(['begin end', 'one and one'])('is refused where its text does not stand exactly once: %s', (source) => {
    expect(() => patched(source, [change])).toThrow('a.ts has');
  });
});

describe('the planted bugs', () => {
  it('are at least twelve, each with a name of its own', () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
    expect(bugs.length).toBeGreaterThanOrEqual(12);
  });

  it.each(bugs.flatMap(({ name, patches }) => patches.map((patch) => [name, patch] as const)))(
    '%s: changes the source as it is today',
    (_name, patch) => {
      const source = readFileSync(fileURLToPath(new URL(patch.path, root)), 'utf8');
      expect(patched(source, [patch])).not.toBe(source);
    },
  );
});
