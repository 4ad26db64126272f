/** JSON Merge Patch (RFC 7396): what a PATCH body means. Bodies are bounded in depth, so recursion is safe. */
import { z } from 'zod';

/** What `PATCH` takes. What it says is judged once it is merged with what is stored. */
export const mergePatchSchema = z.record(z.string(), z.unknown());

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `target` with each member of `patch` set, and those that are null in it removed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
