/** Reads a process' settings from its environment: all of them at once, each fault named with its remedy. */
import { QuorateError } from '@quorate/contracts';
import type { z } from 'zod';
import { remedyOf, settingNames } from './settings.ts';
import { nearestName } from './nearest-name.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong and what to do about it. Never holds a setting's value: it may be a secret. */
export interface ConfigurationFault {
  /** The setting, or the thing outside: a directory, a port. */
  readonly subject: string;
  readonly problem: string;
  readonly remedy: string;
}

export class ConfigurationError extends QuorateError {
  override readonly name = 'ConfigurationError';
  readonly code = 'QRT_CONFIGURATION';
  readonly retryable = false;
  readonly faults: readonly ConfigurationFault[];

  constructor(faults: readonly ConfigurationFault[]) {
    super(faults.map(({ subject, problem, remedy }) => `${subject} ${problem}. ${remedy}`).join('\n'));
    this.faults = faults;
  }
}

/** Two settings that can't both be meant. */
export interface Contradiction {
  holds(environment: Environment): boolean;
  readonly fault: ConfigurationFault;
}

/** Compose files hand on unset variables as empty ones. */
function withoutEmpty(environment: Environment): Record<string, string> {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== '');
  return Object.fromEntries(set) as Record<string, string>;
}

function unknownFault(name: string): ConfigurationFault {
  const nearest = nearestName(name, settingNames);
  return {
    subject: name,
    problem: 'is not a setting of Quorate',
    remedy: nearest === null ? `Remove it; the settings are ${settingNames.join(', ')}` : `Did you mean ${nearest}?`,
  };
}

function unknownFaults(environment: Environment): ConfigurationFault[] {
  const own = Object.keys(environment).filter((name) => name.startsWith('QUORATE_'));
  return own.filter((name) => !settingNames.includes(name)).map(unknownFault);
}

function issueFault(issue: z.core.$ZodIssue, environment: Environment): ConfigurationFault {
  const name = String(issue.path[0] ?? 'The configuration');
  const problem = environment[name] === undefined ? 'is not set' : issue.message;
  return { subject: name, problem, remedy: `Set it to ${remedyOf(name)}` };
}

/** @throws ConfigurationError with every fault: bad, missing and unknown settings, and contradictions. */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  environment: Environment,
  contradictions: readonly Contradiction[] = [],
): z.output<Schema> {
  const set = withoutEmpty(environment);
  const parsed = schema.safeParse(set);
  const faults = [
    ...unknownFaults(set),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => issueFault(issue, set))),
    ...contradictions.filter((contradiction) => contradiction.holds(set)).map(({ fault }) => fault),
  ];
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new ConfigurationError(faults);
}
