/** The error catalogue is complete and holds nothing that can't happen. */
import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './laws/catalogue.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const codesIn = (text: string) => new Set(text.match(/\bQRT(_[A-Z]+)+\b/g));

const sources = globSync('{apps,libs,infra}/*/src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.spec.ts'));
const page = read('docs/errors.md');

describe('docs/errors.md', () => {
  it('explains each code of the source, and no other', () => {
    const inSource = codesIn(sources.map(read).join('\n'));
    const explained = codesIn(page.match(/^\| `QRT_[A-Z_]+`/gm)?.join('\n') ?? '');
    expect(differences({ source: inSource, document: explained })).toEqual([]);
  });

  it('gives each answer of the API the status that it has', () => {
    const catalogue = read('apps/api/src/http/problem.ts').matchAll(/(QRT_[A-Z_]+): \{ status: (\d+)/g);
    const stated = page.matchAll(/^\| `(QRT_[A-Z_]+)` *\| (\d{3}) /gm);
    const pairs = (matches: Iterable<RegExpExecArray>) =>
      new Set([...matches].map(([, code, status]) => `${code} ${status}`));
    expect(differences({ source: pairs(catalogue), document: pairs(stated) })).toEqual([]);
  });
});

describe('the comparison', () => {
  it.each([
    ['a code that nobody explains', ['A', 'B'], ['A'], ['B is in the source, but not in the document']],
    ['a code that nothing raises', ['A'], ['A', 'B'], ['B is in the document, but not in the source']],
    ['two sets that are the same', ['A', 'B'], ['B', 'A'], []],
  ])('hears of %s', (_what, source, document, faults) => {
    expect(differences({ source: new Set(source), document: new Set(document) })).toEqual(faults);
  });
});
