/** Style as a test: each law is broken once in a small tree, then the repository is held to all of them. */
import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { laws, type Tree } from './laws/tidy.ts';

const root = join(import.meta.dirname, '..');

const tree = (files: Record<string, string>): Tree => ({ files: new Map(Object.entries(files)) });
const manifest = (changes: object) =>
  JSON.stringify({
    name: '@quorate/bus',
    private: true,
    exports: { '.': {} },
    nx: { tags: ['layer:core'] },
    ...changes,
  });

/** What git would commit, so neither dependencies nor build results; without git there is nothing to hold to. */
function repositoryTree(): Tree | null {
  if (!existsSync(join(root, '.git'))) return null;
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  const paths = listed
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
  const isText = (path: string) => /\.(ts|js|mjs|json|md|ya?ml|sh|html|css|sql)$/.test(path);
  return { files: new Map(paths.map((path) => [path, isText(path) ? readFileSync(join(root, path), 'utf8') : ''])) };
}

describe('each law of tidiness hears its breach:', () => {
  it.each([
    ['namesSaySomething', 'a file called utils', { 'libs/bus/src/utils.ts': '' }],
    ['namesSaySomething', 'a suffix called helper', { 'libs/bus/src/record.helper.ts': '' }],
    ['namesSaySomething', 'a folder called common', { 'apps/api/src/common/page.ts': '' }],
    ['leftoversHaveAnIssue', 'a TODO without an issue', { 'libs/bus/src/a.ts': '// TODO: later' }],
    ['linesAreShort', 'a line of 121 columns', { 'libs/bus/src/a.ts': '/'.repeat(121) }],
    ['specsRun', 'a chosen spec', { 'libs/bus/src/a.spec.ts': "it.only('x', () => {});" }],
    ['specsRun', 'a skipped suite', { 'libs/bus/src/a.spec.ts': "describe.skip('x', () => {});" }],
    ['packagesHaveALayer', 'a package without a tag', { 'libs/bus/package.json': manifest({ nx: {} }) }],
    ['packagesHaveALayer', 'a second door', { 'libs/bus/package.json': manifest({ exports: { '.': 1, './x': 1 } }) }],
    ['documentsPointSomewhere', 'a dead link', { 'docs/a.md': '[b](./b.md)' }],
    ['documentsPointSomewhere', 'a lost path', { 'README.md': 'see `libs/bus/src/gone.ts`' }],
  ])('%s: %s', (name, _breach, files) => {
    expect(laws[name]?.(tree(files))).toHaveLength(1);
  });
});

describe('no law of tidiness objects', () => {
  it.each([
    ['to a subject that contains such a word', { 'libs/bus/src/type-check.ts': '' }],
    ['to a TODO with an issue', { 'libs/bus/src/a.ts': '// TODO(#12): later' }],
    ['to a skip for want of Kafka', { 'a.spec.ts': 'const s = sharedKafka().available ? describe : describe.skip;' }],
    ['to a package in its layer', { 'libs/bus/package.json': manifest({}) }],
    [
      'to links that lead somewhere',
      { 'docs/a.md': '[b](../README.md#x) `docs/a.md:3` `libs/<name>/src`', 'README.md': '' },
    ],
    ['to a path in a fence', { 'docs/a.md': '```\n[b](./b.md)\n```' }],
  ])('%s', (_what, files) => {
    expect(Object.values(laws).flatMap((law) => law(tree(files)))).toEqual([]);
  });
});

describe('the repository', () => {
  const repository = repositoryTree();

  it.each(Object.entries(laws))('keeps %s', (_name, law) => {
    expect(repository === null ? [] : law(repository)).toEqual([]);
  });
});
