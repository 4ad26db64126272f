/** A lock file that lacks a platform is refused by `npm ci`, everywhere. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackages, missingPlatforms, platformEntry } from './laws/lock-file.ts';

const swc = { license: 'Apache-2.0', dev: true, optionalDependencies: { '@swc/core-linux-x64-musl': '1.0.0' } };

describe('the lock file', () => {
  it('is caught without a platform', () => {
    expect(missingPlatforms({ 'node_modules/@swc/core': swc })).toHaveLength(1);
  });
  it('may hold a platform beside or above the one that wants it', () => {
    const above = { 'node_modules/a/node_modules/b': swc, 'node_modules/@swc/core-linux-x64-musl': {} };
    const beside = { 'node_modules/a/node_modules/b': swc, 'node_modules/a/node_modules/@swc/core-linux-x64-musl': {} };
    expect([above, beside].flatMap((packages) => missingPlatforms(packages))).toEqual([]);
  });
  it('gets an entry that only its own platform installs', () => {
    const [missing] = missingPlatforms({ 'node_modules/@swc/core': swc });
    expect(platformEntry(missing!)).toEqual({
      version: '1.0.0',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      license: 'Apache-2.0',
      optional: true,
      os: ['linux'],
    });
  });
  it('of this repository is complete (mend it with `npm run lock`)', () => {
    const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8');
    expect(missingPlatforms((JSON.parse(text) as { packages: LockedPackages }).packages)).toEqual([]);
  });
});
