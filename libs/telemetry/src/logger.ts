/** Structured logs: a constant sentence for each decision, what varies in fields, nothing that looks like a secret. */
import { pino, type DestinationStream } from 'pino';
import { formatForPeople } from './pretty.ts';
import { redact } from './redaction.ts';

export type LogFields = Record<string, unknown>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** The least severe level that is written; `info` when left out. */
  readonly level?: LogLevel;
  /** One short line for a person at a terminal instead of JSON. */
  readonly pretty?: boolean;
  /** Where the lines go; standard output when left out. */
  readonly destination?: DestinationStream;
}

/** Writes lines as they come, so that the last one before an exit isn't lost. */
function standardOutput(pretty: boolean): DestinationStream {
  const destination = pino.destination({ dest: 1, sync: true });
  return pretty ? { write: (line) => void destination.write(formatForPeople(line)) } : destination;
}

function adapt(target: pino.Logger): Logger {
  return {
    debug: (message, fields) => target.debug(redact(fields ?? {}), message),
    info: (message, fields) => target.info(redact(fields ?? {}), message),
    warn: (message, fields) => target.warn(redact(fields ?? {}), message),
    error: (message, fields) => target.error(redact(fields ?? {}), message),
    child: (fields) => adapt(target.child(redact(fields))),
  };
}

export function createLogger(service: string, options: LoggerOptions = {}): Logger {
  const destination = options.destination ?? standardOutput(options.pretty ?? false);
  return adapt(
    pino(
      {
        level: options.level ?? 'info',
        base: { service },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        messageKey: 'message',
      },
      destination,
    ),
  );
}

function ignore(): void {
  // Nobody reads it.
}

/** For specs, and for parts whose words nobody needs. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger,
};
