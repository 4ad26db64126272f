/** Says why a start failed, in a person's words: what is wrong and the remedy, no stack trace. */
import { QuorateError } from '@quorate/contracts';
import { ConfigurationError } from './configuration.ts';

/** The exit status of a process that no restart will help. */
export const configurationExitCode = 78;
/** The exit status of a process that may do better next time. */
export const crashExitCode = 1;

export function exitCodeOf(error: unknown): number {
  const hopeless = error instanceof QuorateError && !error.retryable;
  return hopeless ? configurationExitCode : crashExitCode;
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${reasonOf(error.cause)})`;
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

export function describeFailure(name: string, error: unknown): string {
  if (!(error instanceof ConfigurationError)) return `Quorate ${name} could not start: ${reasonOf(error)}`;
  const lines = error.faults.map(({ subject, problem, remedy }) => `  - ${subject} ${problem}. ${sentence(remedy)}`);
  const count = error.faults.length === 1 ? 'one fault' : `${error.faults.length} faults`;
  return [`Quorate ${name} could not start: ${count} in its configuration.`, ...lines].join('\n');
}
