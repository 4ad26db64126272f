/** A change to one source file, told by the text that it replaces. */

export interface Patch {
  /** From the root of the repository. */
  readonly path: string;
  /** Stands in the source exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** @throws when the source is not what a patch was made for: then the patch is to be made anew. */
export function patched(source: string, patches: readonly Patch[]): string {
  return patches.reduce((text, { path, find, replace }) => {
    const count = text.split(find).length - 1;
    if (count !== 1) throw new Error(`${path} has ${count} places, not one, that read: ${find}`);
    return text.replace(find, () => replace);
  }, source);
}
