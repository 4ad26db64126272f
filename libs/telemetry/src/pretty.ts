/** Turns a log line of JSON into one that a person at a terminal reads. */

function fieldText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function formatForPeople(line: string): string {
  const { time, level, service, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  const head = [String(time).slice(11, 19), String(level).toUpperCase().padEnd(5), `${String(service)}:`];
  return `${[...head, String(message), ...rest].join(' ')}\n`;
}
