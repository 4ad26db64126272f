/** Fetches the broker's jars once, with Maven, into the repository's cache. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const packageFolder = join(import.meta.dirname, '..');
const pomFile = join(packageFolder, 'pom.xml');
const cacheFolder = join(packageFolder, '../../.kafka/libs');

/** A first fetch on a slow line. */
const fetchMsMax = 300_000;

/** Where the jars of this very pom are or would be: another pom has another folder. */
function jarFolder(): string {
  const digest = createHash('sha256').update(readFileSync(pomFile)).digest('hex');
  return join(cacheFolder, digest.slice(0, 12));
}

export function jarsAreCached(): boolean {
  return existsSync(jarFolder());
}

/**
 * The folder with the jars. Several processes may ask at once: each fetches into a folder of its own, and the first to
 * be done gives it the final name.
 */
export async function fetchJars(): Promise<string> {
  const folder = jarFolder();
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await runMaven(unfinished);
    await rename(unfinished, folder);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    throw new Error("Maven could not fetch Kafka's jars", { cause });
  }
  return folder;
}

async function runMaven(outputFolder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${outputFolder}`];
  await promisify(execFile)('mvn', ['-q', '-B', '-f', pomFile, ...goal], { timeout: fetchMsMax });
}
