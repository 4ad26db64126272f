/** Whether another user can get at a folder: every folder above it must let them through. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Identity } from './identity.ts';

async function letsThrough(directory: string, { uid, gid }: Identity): Promise<boolean> {
  const { mode, uid: owner, gid: group } = await stat(directory);
  if (owner === uid) return (mode & 0o100) !== 0;
  return (mode & (group === gid ? 0o010 : 0o001)) !== 0;
}

/** The topmost folder in the way to `path`, or null when there is none. */
export async function folderInTheWay(path: string, identity: Identity): Promise<string | null> {
  const parent = dirname(path);
  if (parent !== path) {
    const above = await folderInTheWay(parent, identity);
    if (above !== null) return above;
  }
  return parent === path || (await letsThrough(parent, identity)) ? null : parent;
}
