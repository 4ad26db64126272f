/**
 * A record as one text row: `["key",{headers}]`, a line feed, the value as it came. A tombstone has no line feed. So a
 * value is never escaped twice and a person can read a row.
 */
export interface RecordContent {
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export function recordText({ key, value, headers }: RecordContent): string {
  const head = JSON.stringify([key, headers]);
  return value === null ? head : `${head}\n${value}`;
}

export function isTombstoneText(text: string): boolean {
  return !text.includes('\n');
}

export function parseRecordText(text: string): RecordContent {
  const headEnd = text.indexOf('\n');
  const head = headEnd < 0 ? text : text.slice(0, headEnd);
  const [key, headers] = JSON.parse(head) as [string, Record<string, string>];
  return { key, headers, value: headEnd < 0 ? null : text.slice(headEnd + 1) };
}
