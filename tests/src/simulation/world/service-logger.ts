/** The logger of a simulated process: what it says is told in the trace, and what must never be said is a violation. */
import { BusUnavailableError } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import type { Logger, LogFields } from '@quorate/telemetry';
import { RefusedError, type SimulatedHost } from '@quorate/testing';
import type { Ledger } from './ledger.ts';

/** Lines that say that something went wrong which no injected fault explains. */
const alarming: ReadonlySet<string> = new Set([
  'A decision failed; its monitor is unknown',
  'A try ended in a way that nobody foresaw',
]);

/** What an error says, unless it is what an injected fault looks like to a process. */
export function unforeseen(error: unknown): string | null {
  if (error === undefined || error instanceof BusUnavailableError || error instanceof RefusedError) return null;
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}

export function serviceLogger(host: SimulatedHost, { ledger, now }: { ledger: Ledger; now: () => Instant }): Logger {
  const say = (level: string) => (message: string, fields?: LogFields) => {
    ledger.trace.tell(now(), () => `${host.name}: ${level} ${message} ${JSON.stringify(fields ?? {})}`);
    if (alarming.has(message)) ledger.violate(now(), `${host.name} says: ${message} ${JSON.stringify(fields)}`);
  };
  const logger: Logger = {
    debug: () => undefined,
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => logger,
  };
  return logger;
}
