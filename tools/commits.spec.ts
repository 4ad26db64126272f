/** The history tells its story in one form; a shallow clone or an archive has no history to judge. */
import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitFaults } from './laws/commits.ts';

const root = join(import.meta.dirname, '..');

const projects = globSync('{apps,libs,infra}/*/package.json', { cwd: root })
  .map((path) => (JSON.parse(readFileSync(join(root, path), 'utf8')) as { name: string }).name.replace('@quorate/', ''))
  .concat('tests', 'bench', 'tools');

function history(): string[] {
  const shallow = spawnSync('git', ['rev-parse', '--is-shallow-repository'], { cwd: root, encoding: 'utf8' });
  if (shallow.status !== 0 || shallow.stdout.trim() === 'true') return [];
  const log = execFileSync('git', ['log', '--no-merges', '--format=%B%x00'], { cwd: root, encoding: 'utf8' });
  return log
    .split('\0')
    .map((message) => message.trim())
    .filter((message) => message !== '');
}

describe('a commit message', () => {
  it.each([
    ['has no kind', 'Add the bus\n\nWhy.'],
    ['has no project', 'feat: add the bus\n\nWhy.'],
    ['names a project that is none', 'feat(basement): add the bus\n\nWhy.'],
    ['ends its header with a full stop', 'feat(bus): add the bus.\n\nWhy.'],
    ['does not say why', 'feat(bus): add the bus'],
    ['has a header that is too long', `feat(bus): ${'long '.repeat(20)}header\n\nWhy.`],
  ])('that %s is at fault', (_fault, message) => {
    expect(commitFaults(message, ['bus'])).toHaveLength(1);
  });
  it.each(['feat(bus): add the bus\n\nWhy.', 'fix(bus,repo)!: break the bus\n\nWhy.'])('is fine as %j', (message) => {
    expect(commitFaults(message, ['bus'])).toEqual([]);
  });
  it('in the history of this repository is fine', () => {
    expect(history().flatMap((message) => commitFaults(message, projects))).toEqual([]);
  });
});
