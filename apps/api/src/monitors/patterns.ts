/** Checks that a monitor's patterns compile, with the library that the probers match by. */
import type { MonitorSettings } from '@quorate/contracts';
import { RE2JS } from 're2js';
import { ProblemError, type FieldError } from '../http/problem.ts';

interface PatternField {
  readonly pointer: string;
  readonly pattern: string;
}

type Expectations = readonly object[];

function matchesOf(expectations: Expectations, pointer: string): PatternField[] {
  return expectations.flatMap((expectation, index) =>
    'matches' in expectation ? [{ pointer: `${pointer}/${index}/matches`, pattern: String(expectation.matches) }] : [],
  );
}

function patternsOf(settings: MonitorSettings): PatternField[] {
  if (settings.type === 'http') {
    const { body, headers } = settings.http.expect;
    return [...matchesOf(body, '/http/expect/body'), ...matchesOf(headers, '/http/expect/headers')];
  }
  return settings.tcp.steps.flatMap((step, index) =>
    'expect' in step ? [{ pointer: `/tcp/steps/${index}/expect`, pattern: step.expect }] : [],
  );
}

function faultOf({ pointer, pattern }: PatternField): FieldError[] {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
    return [{ pointer, message: `must be a pattern in RE2 syntax: ${reason}` }];
  }
}

/** @throws ProblemError naming each pattern that does not compile. */
export function checkPatterns(settings: MonitorSettings): void {
  const errors = patternsOf(settings).flatMap(faultOf);
  if (errors.length > 0) throw new ProblemError('QRT_BODY_INVALID', 'See errors for each invalid pattern.', { errors });
}
