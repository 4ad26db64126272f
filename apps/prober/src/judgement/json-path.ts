/** Reads one value out of a document by a path such as `$.items[0].name`. No wildcards, no evaluation. */

type Step = string | number;

const stepPattern = /\.([^.[]+)|\[([0-9]+)\]|\['([^']*)'\]|\["([^"]*)"\]/g;

const pathsRememberedMax = 1_000;
const remembered = new Map<string, readonly Step[]>();

function readSteps(path: string): readonly Step[] {
  return [...path.matchAll(stepPattern)].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  );
}

function stepsOf(path: string): readonly Step[] {
  const known = remembered.get(path);
  if (known !== undefined) return known;
  const steps = readSteps(path);
  if (remembered.size >= pathsRememberedMax) remembered.clear();
  remembered.set(path, steps);
  return steps;
}

/** Undefined where the document has nothing there. A name never reads an array, nor an index an object. */
export function valueAt(document: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>(stepInto, document);
}

function stepInto(value: unknown, step: Step): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? (value as unknown[])[step] : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}
