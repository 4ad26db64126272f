/** The life of a process: a bounded boot, and an orderly, bounded end on SIGTERM or SIGINT. */
import type { Logger } from '@quorate/telemetry';
import { crashExitCode, describeFailure, exitCodeOf } from './failure.ts';
import { ConfigurationError } from './configuration.ts';

const bootMsMax = 25_000;
const drainMsMax = 9_000;

/** What has to be undone at the end, newest first. */
export class Closing {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.unshift(step);
  }

  /** Runs every step, also when one fails. */
  async run(logger: Logger): Promise<void> {
    for (const step of this.#steps.splice(0)) {
      await step().catch((error: unknown) => logger.error('A part could not be closed', { error }));
    }
  }
}

export interface Life {
  readonly name: string;
  readonly logger: Logger;
  /** Starts everything; `closing` collects how to end it. Rejects with what is wrong. */
  boot(closing: Closing): Promise<void>;
  /** What the boot is waiting for, when it takes too long. */
  waitingFor(): string;
}

function afterMs(delayMs: number): Promise<'expired'> {
  return new Promise((resolve) => setTimeout(() => resolve('expired'), delayMs).unref());
}

async function bootInTime(life: Life, closing: Closing): Promise<void> {
  const outcome = await Promise.race([life.boot(closing), afterMs(bootMsMax)]);
  if (outcome !== 'expired') return;
  throw new ConfigurationError([
    {
      subject: life.waitingFor(),
      problem: `did not answer within ${bootMsMax / 1_000} s`,
      remedy: 'Check that it runs and that its address is right',
    },
  ]);
}

/** Ends within `drainMsMax`. Later signals count for nothing: a terminal and a supervisor both send one. */
function drainOnSignal({ logger }: Life, closing: Closing): void {
  let draining = false;
  const drain = (signal: NodeJS.Signals): void => {
    if (draining) return;
    draining = true;
    logger.info('Draining', { signal });
    void Promise.race([closing.run(logger).then(() => 'drained' as const), afterMs(drainMsMax)]).then((outcome) => {
      logger.info(outcome === 'drained' ? 'Drained' : 'Not everything drained in time', { signal });
      process.exit(0);
    });
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
}

/** A fault that nobody caught leaves an unknown state: the process ends, and whoever supervises it starts it anew. */
export function endOnFatal(logger: Logger): (error: unknown) => void {
  const fatal = (error: unknown): void => {
    logger.error('This process can not go on', { error });
    process.exit(crashExitCode);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  return fatal;
}

/** Boots and stays; a failed boot says why and ends the process. */
export async function live(life: Life): Promise<void> {
  const closing = new Closing();
  drainOnSignal(life, closing);
  try {
    await bootInTime(life, closing);
  } catch (error) {
    process.stderr.write(`${describeFailure(life.name, error)}\n`);
    await Promise.race([closing.run(life.logger), afterMs(2_000)]);
    process.exit(exitCodeOf(error));
  }
}
