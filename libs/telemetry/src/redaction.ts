/** Takes out of log fields what looks like a secret, and makes errors readable. */

const secretName = /pass(word|phrase)?$|secret|token|authorization|cookie|api-?key|admin-?key|routing-?key|credential/i;
const replacement = '[redacted]';
const depthMax = 5;
const itemsMax = 50;
const textCharactersMax = 8_192;

/** A copy of `fields` without secrets, too deep nesting, too long lists or texts. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactRecord(fields, 0);
}

function redactRecord(record: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      secretName.test(name) && value !== null && value !== undefined ? replacement : redactValue(value, depth + 1),
    ]),
  );
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > depthMax) return '[deep]';
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.slice(0, itemsMax).map((item) => redactValue(item, depth + 1));
  return redactRecord(value, depth);
}

/** User names and passwords inside URLs, of databases above all, are taken out. */
function redactText(text: string): string {
  return text.slice(0, textCharactersMax).replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${replacement}@`);
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: redactText(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
  };
}
