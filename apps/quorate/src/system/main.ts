/** What the supervisor starts: one process with everything. A supervisor that is gone takes this process with it. */
import { runSystem } from '../run-system.ts';
import { readyMessage } from '../supervisor.ts';

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

await runSystem({
  environment: process.env,
  isTerminal: process.stdout.isTTY,
  print: (text) => void process.stdout.write(text),
  tellReady: () => void process.send?.(readyMessage),
});
