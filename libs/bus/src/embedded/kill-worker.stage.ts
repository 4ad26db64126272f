/**
 * A process for the kill trials: appends numbered inputs, copies and counts each in one step, and prints the number of
 * every input that was acknowledged. It runs until it is killed.
 */
import { registerHooks } from 'node:module';

const contracts = new URL('../../../contracts/src/index.ts', import.meta.url).href;
// Straight from the sources: a spec needs no build.
registerHooks({ resolve: (name, context, next) => next(name === '@quorate/contracts' ? contracts : name, context) });

const { openEmbeddedLog } = await import('./open-embedded-log.ts');
const { copyAndCount, killTopics } = await import('./kill-workload.stage.ts');

const directory = process.argv[2] ?? '';
const burst = 20;

const log = await openEmbeddedLog({
  directory,
  onFatal: (error) => {
    throw error;
  },
});
await log.ensureTopics(killTopics);
const newest = await log.last('inputs', 0);
let next = newest === null ? 0 : Number(newest.value) + 1;
await log.join(copyAndCount());
for (;;) {
  const numbers = Array.from({ length: burst }, () => next++);
  // One after the other is begun, so their order is theirs; each is acknowledged for itself.
  const appends = numbers.map(async (number) => {
    await log.append([{ topic: 'inputs', partition: 0, key: 'input', value: String(number) }]);
    process.stdout.write(`${number}\n`);
  });
  await Promise.all(appends);
}
