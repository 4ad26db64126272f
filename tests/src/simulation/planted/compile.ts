/** Compiles changed source as the build would. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { root } from '../host/root.ts';
import { patched, type Patch } from './patch.ts';

function builtPathOf(path: string): string {
  return path.replace('/src/', '/dist/').replace(/\.ts$/, '.js');
}

/** By the path of each built module that the patches change, its code. @throws when a patch no longer fits. */
export function compiled(patches: readonly Patch[]): Map<string, string> {
  const configFile = fileURLToPath(new URL('.swcrc', root));
  const byPath = Map.groupBy(patches, ({ path }) => path);
  return new Map(
    [...byPath].map(([path, ofPath]) => {
      const file = fileURLToPath(new URL(path, root));
      const source = patched(readFileSync(file, 'utf8'), ofPath);
      return [builtPathOf(path), transformSync(source, { filename: file, configFile }).code];
    }),
  );
}
