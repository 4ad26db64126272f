/** Which patterns a monitor may have. */
import { describe, expect, it } from '@jest/globals';
import { monitorSettingsSchema } from '@quorate/contracts';
import { ProblemError } from '../http/problem.ts';
import { checkPatterns } from './patterns.ts';

function pointersOf(settings: object): string[] {
  try {
    checkPatterns(monitorSettingsSchema.parse({ name: 'Shop', ...settings }));
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
}

const http = (expect: object) => ({ type: 'http', http: { url: 'https://shop.example.com', expect } });

describe('checkPatterns', () => {
  it('takes what RE2 takes', () => {
    expect(pointersOf(http({ body: [{ matches: '(?i)^ok\\b' }, { contains: '(' }] }))).toEqual([]);
  });

  it('names each pattern that does not compile', () => {
    const body = [{ matches: 'ok' }, { matches: '(' }];
    const headers = [{ name: 'server', matches: '(a)\\1' }];
    expect(pointersOf(http({ body, headers }))).toEqual([
      '/http/expect/body/1/matches',
      '/http/expect/headers/0/matches',
    ]);
  });

  it('looks at the steps of a conversation', () => {
    const steps = [{ expect: '^220' }, { send: '[' }, { expect: '[' }];
    expect(pointersOf({ type: 'tcp', tcp: { host: 'a', port: 25, steps } })).toEqual(['/tcp/steps/2/expect']);
  });
});
