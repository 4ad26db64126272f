/** The child process of the supervisor: everything, from its settings to an orderly end. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  describeFailure,
  endOnFatal,
  exitCodeOf,
  live,
  version,
  type Closing,
  type Environment,
} from '@quorate/runtime';
import { createLogger, startTelemetry, type Logger } from '@quorate/telemetry';
import { readQuorateConfiguration, type QuorateConfiguration } from './quorate.config.ts';
import { readyScreen } from './ready-screen.ts';
import { startSystem, type RunningSystem } from './start-system.ts';

/** How long the boot waits for a database of the user's before monitoring starts to go on without it. */
const databaseWaitMs = 5_000;
const name = 'quorate';

export interface SystemProcess {
  readonly environment: Environment;
  /** Whether a person reads along. */
  readonly isTerminal: boolean;
  print(text: string): void;
  /** Tells the supervisor that a crash from now on is one to recover from. */
  tellReady(): void;
}

function configurationOrExit({ environment }: SystemProcess): QuorateConfiguration {
  try {
    return readQuorateConfiguration(environment);
  } catch (error) {
    process.stderr.write(`${describeFailure(name, error)}\n`);
    process.exit(exitCodeOf(error));
  }
}

/** Shows the ready screen when the API serves; a database that refuses while the boot still waits is a failed boot. */
async function showWhenReady(system: RunningSystem, print: (text: string) => void, onFatal: (error: unknown) => void) {
  const shown = system.api.then(() => print(readyScreen(system)));
  if (system.database === 'embedded') return shown;
  const waiting = new AbortController();
  const patience = delay(databaseWaitMs, 'late', { signal: waiting.signal }).catch(() => 'late');
  const outcome = await Promise.race([shown, patience]);
  waiting.abort();
  if (outcome !== 'late') return;
  print('\n  Monitoring runs. The API waits for the database in DATABASE_URL.\n\n');
  shown.catch(onFatal);
}

export async function runSystem(self: SystemProcess): Promise<void> {
  const configuration = configurationOrExit(self);
  const { environment, isTerminal } = self;
  const loggerFor = (service: string): Logger =>
    createLogger(service, { level: configuration.QUORATE_LOG_LEVEL, pretty: isTerminal });
  const logger = loggerFor(name);
  const onFatal = endOnFatal(logger);
  const boot = async (closing: Closing): Promise<void> => {
    const telemetry = await startTelemetry({ service: name, instance: name, version, environment, logger });
    closing.add(() => telemetry.shutdown());
    const system = await startSystem({ configuration, logger, loggerFor, closing, onFatal });
    await showWhenReady(system, (text) => self.print(text), onFatal);
    self.tellReady();
  };
  await live({ name, logger, boot, waitingFor: () => 'The start' });
}
