/** Reads the values out of a document that a path such as `$.items[0].name` leads to. No evaluation. */

type Step = string | number | typeof each;

/** `[*]`: every element of an array. */
const each = Symbol('each');

const stepPattern = /\.([^.[]+)|\[(-?[0-9]+)\]|\['([^']*)'\]|\["([^"]*)"\]|\[\*\]/g;

const pathsRememberedMax = 1_000;
const remembered = new Map<string, readonly Step[]>();

function readSteps(path: string): readonly Step[] {
  return [...path.matchAll(stepPattern)].map(([, name, index, single, double]) => {
    if (index !== undefined) return Number(index);
    return name ?? single ?? double ?? each;
  });
}

function stepsOf(path: string): readonly Step[] {
  const known = remembered.get(path);
  if (known !== undefined) return known;
  const steps = readSteps(path);
  if (remembered.size >= pathsRememberedMax) remembered.clear();
  remembered.set(path, steps);
  return steps;
}

/** Nothing where the document has nothing there. A name never reads an array, nor an index an object. */
export function valuesAt(document: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [document];
  for (const step of stepsOf(path)) values = step === each ? elementsOf(values) : insideOf(values, step);
  return values;
}

function elementsOf(values: readonly unknown[]): readonly unknown[] {
  return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
}

function insideOf(values: readonly unknown[], step: string | number): readonly unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    const inside = stepInto(value, step);
    if (inside !== undefined) found.push(inside);
  }
  return found;
}

function stepInto(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? (value as unknown[]).at(step) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}
