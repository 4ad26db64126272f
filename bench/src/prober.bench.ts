/**
 * `npm run bench:prober [-- <case>…]`: a JSON line for each case and number of origins, the prober beside a bare undici
 * loop and a bare `node:net` loop of the same run; then 100,000 monitors on kept connections over several processes.
 */
import type { BenchCase } from './prober/case.ts';
import { measureCase } from './prober/measure-case.ts';
import { measureKept } from './prober/measure-kept.ts';

const inFlight = 64;
/** As many as a prober runs at once. */
const fullLoad = 1_000;
const originCounts = [100, 1_000, 10_000];
const names = ['http-fresh', 'http-fresh-named', 'http-reused', 'https-fresh'] as const;
const keptName = 'http-kept';
const keptMonitors = 100_000;

const cases: readonly BenchCase[] = [
  ...names.flatMap((name) => originCounts.map((origins) => ({ name, origins, inFlight }))),
  { name: 'http-fresh', origins: 10_000, inFlight: fullLoad },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => ![...names, keptName].some((known) => known === name));
if (unknown.length > 0) {
  console.error(`There is no case ${unknown.join(', ')}. Cases: ${[...names, keptName].join(', ')}.`);
  process.exit(1);
}
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
for (const benchCase of cases.filter(({ name }) => isWanted(name))) {
  console.log(JSON.stringify(await measureCase(benchCase)));
}
if (isWanted(keptName)) console.log(JSON.stringify(await measureKept(keptMonitors)));
