/** One thread of the simulation: modules are hooked before the product is loaded, then runs follow one another. */
import { parentPort, workerData } from 'node:worker_threads';
import { hookModules } from './host/module-hooks.ts';
import type { RunRequest, ThreadMessage, ThreadSettings } from './message.ts';

hookModules((workerData as ThreadSettings).changed);
const { installVirtualGlobals } = await import('./host/virtual-globals.ts');
const { simulate } = await import('./run.ts');
installVirtualGlobals();

/** Promises of the product that nobody waited for, in the run that is under way. */
let unhandled: string[] = [];
process.on('unhandledRejection', (error) => {
  unhandled.push(`a promise was rejected and nobody heard it: ${(error as Error | undefined)?.stack ?? String(error)}`);
});

function say(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

async function live({ seed, twice, told }: RunRequest): Promise<void> {
  unhandled = [];
  const report = await simulate(seed, told ? (line) => say({ line }) : null);
  const again = twice ? await simulate(seed) : report;
  const differs = again.hash === report.hash ? [] : [`the same seed came out as ${report.hash} and as ${again.hash}`];
  say({ report: { ...report, violations: [...report.violations, ...unhandled, ...differs] } });
}

// One run at a time is asked for: what is thrown ends the thread, and the command tells of it.
parentPort?.on('message', (request: RunRequest | null) => {
  if (request === null) parentPort?.close();
  else void live(request);
});
