import { describe, expect, it } from '@jest/globals';
import { formatForPeople } from './pretty.ts';

it('writes one line that a person reads', () => {
  const line = {
    level: 'warn',
    time: '2026-11-21T10:00:30.123Z',
    service: 'prober',
    region: 'eu',
    error: { message: 'no route' },
    message: 'Canaries fail',
  };
  expect(formatForPeople(JSON.stringify(line))).toBe(
    '10:00:30 WARN  prober: Canaries fail region=eu error="no route"\n',
  );
});

describe('a line without fields', () => {
  it('ends after its sentence', () => {
    const line = { level: 'info', time: '2026-11-21T10:00:30.123Z', service: 'api', message: 'Started' };
    expect(formatForPeople(JSON.stringify(line))).toBe('10:00:30 INFO  api: Started\n');
  });
});
