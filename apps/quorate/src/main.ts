/** `npm start`: a small supervisor over the one process that does everything. */
import { fileURLToPath } from 'node:url';
import { Supervisor } from './supervisor.ts';

const supervisor = new Supervisor({
  program: fileURLToPath(new URL('./system/main.js', import.meta.url)),
  say: (line) => void process.stderr.write(`${line}\n`),
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => supervisor.end(signal));
process.exitCode = await supervisor.run();
