/** Checks that a monitor's patterns compile, with the library that the probers match by. */
import { patternsOf, type MonitorSettings, type PatternField } from '@quorate/contracts';
import { RE2JS } from 're2js';
import { ProblemError, type FieldError } from '../http/problem.ts';

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
