import { describe, expect, it } from '@jest/globals';
import { createLogger, silentLogger, type LoggerOptions } from './logger.ts';

function recorded(options: LoggerOptions = {}): {
  lines: Record<string, unknown>[];
  logger: ReturnType<typeof createLogger>;
} {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: createLogger('prober', { ...options, destination: { write } }) };
}

describe('a logger', () => {
  it('writes a sentence, its service and its fields', () => {
    const { lines, logger } = recorded();
    logger.child({ region: 'eu' }).info('Vote cast', { outcome: 'down' });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        service: 'prober',
        message: 'Vote cast',
        region: 'eu',
        outcome: 'down',
      }),
    ]);
  });

  it('leaves out what is less severe than its level', () => {
    const { lines, logger } = recorded({ level: 'warn' });
    logger.info('Vote cast');
    logger.error('Vote lost');
    expect(lines).toHaveLength(1);
  });

  it('writes no secret, however deep it lies', () => {
    const { lines, logger } = recorded();
    logger.warn('Refused', {
      authorization: 'Bearer s3cret',
      channel: { pagerduty: { routingKey: 's3cret' }, headers: [{ 'x-api-key': 's3cret' }] },
      databaseUrl: 'postgres://quorate:s3cret@host/db',
      error: new Error('can not reach postgres://quorate:s3cret@host/db', { cause: new Error('x://u:s3cret@h') }),
    });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('tells what went wrong and why', () => {
    const { lines, logger } = recorded();
    logger.error('Not sent', { error: new Error('outer', { cause: new TypeError('inner') }) });
    expect(lines[0]).toMatchObject({ error: { message: 'outer', cause: { name: 'TypeError', message: 'inner' } } });
  });

  it('can be silent', () => {
    expect(() => silentLogger.child({ a: 1 }).error('Nobody hears this')).not.toThrow();
  });
});
