/** `npm run lock`: completes package-lock.json, so that `npm ci` takes it on every platform. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackages, missingPlatforms, platformEntry } from './laws/lock-file.ts';

const path = join(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: LockedPackages };

const missing = missingPlatforms(lock.packages);
for (const platform of missing) lock.packages[`node_modules/${platform.name}`] = platformEntry(platform);
const inOrder = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));

writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`);
console.log(`${missing.length} platforms added.`);
