/** A list in a document and the same list in the source: neither may have what the other lacks. */

interface Lists {
  readonly source: ReadonlySet<string>;
  readonly document: ReadonlySet<string>;
}

export function differences({ source, document }: Lists): string[] {
  const missing = [...source].filter((entry) => !document.has(entry));
  const extra = [...document].filter((entry) => !source.has(entry));
  return [
    ...missing.map((entry) => `${entry} is in the source, but not in the document`),
    ...extra.map((entry) => `${entry} is in the document, but not in the source`),
  ];
}
