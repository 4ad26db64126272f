/** In what two steps differ, in words that are short enough to be read. */
import type { OutgoingRecord } from '@quorate/bus';

const wordsMax = 400;

/** With the fields of each object in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf({ value }: OutgoingRecord): Fields {
  return { deleted: value === null, ...(sorted(JSON.parse(value ?? '{}')) as Fields) };
}

/** The fields in which two records differ; empty where they are the same. */
function fieldDifferences(left: Fields, right: Fields): string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => {
    const [one, other] = [JSON.stringify(left[name]), JSON.stringify(right[name])];
    return one === other ? [] : [`${name} is ${other}, not ${one}`];
  });
}

/** Records that speak of the same, in the order of their writing. */
function bySubject(records: readonly OutgoingRecord[]): Map<string, OutgoingRecord[]> {
  return Map.groupBy(records, ({ topic, partition, key }) => `${topic}/${partition} ${key}`);
}

/** Whether both say it in the same words, as they nearly always do. */
function isVerbatim(live: readonly OutgoingRecord[], restored: readonly OutgoingRecord[]): boolean {
  if (live.length !== restored.length) return false;
  return live.every(({ topic, partition, key, value }, index) => {
    const other = restored[index];
    return value === other?.value && key === other.key && topic === other.topic && partition === other.partition;
  });
}

/** What `restored` says otherwise than `live`; null where both say the same. */
export function differenceOf(live: readonly OutgoingRecord[], restored: readonly OutgoingRecord[]): string | null {
  if (isVerbatim(live, restored)) return null;
  const [lived, other] = [bySubject(live), bySubject(restored)];
  for (const subject of new Set([...lived.keys(), ...other.keys()])) {
    const [left, right] = [lived.get(subject) ?? [], other.get(subject) ?? []];
    if (left.length !== right.length) return `${subject}: it writes ${right.length} records, not ${left.length}`;
    const differences = left.flatMap((record, index) => {
      const counterpart = right[index];
      return counterpart === undefined ? [] : fieldDifferences(fieldsOf(record), fieldsOf(counterpart));
    });
    if (differences.length > 0) return `${subject}: ${differences.join('; ')}`.slice(0, wordsMax);
  }
  return null;
}
