/** The end of `npm test`: one line that says what was proved; in CI, a spec that did not run is a failure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  numPendingTests: number;
  testResults: { name: string; assertionResults: { status: string }[] }[];
}

const reports = join(import.meta.dirname, '../tmp/specs');
const readReport = (kind: string) => JSON.parse(readFileSync(join(reports, `${kind}.json`), 'utf8')) as Report;

const [unit, integration, e2e] = [readReport('unit'), readReport('integration'), readReport('e2e')];
const all = [unit, integration, e2e];

const suites = all.flatMap(({ testResults }) => testResults);
const silent = suites.filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'pending'));
/** What `npm test` promises to have tried, by the paths of its specs. */
const promised = [
  { what: 'the suites on a real Kafka', path: /kafka[^/]*\/.*\.integration\.spec\.ts$/ },
  { what: 'the suites on a real PostgreSQL', path: /(postgres|database|api)\/.*\.integration\.spec\.ts$/ },
  { what: 'the end-to-end specs', path: /\.e2e\.spec\.ts$/ },
];

const ran = suites.filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'passed'));
const missing = [
  ...silent.map(({ name }) => name.slice(join(import.meta.dirname, '..').length + 1)),
  ...promised.filter(({ path }) => !ran.some(({ name }) => path.test(name))).map(({ what }) => what),
];

console.log(
  `\nFormat, lint, boundaries, types and dead code are clean; ${unit.numPassedTests} unit, ` +
    `${integration.numPassedTests} integration and ${e2e.numPassedTests} end-to-end specs passed.`,
);
if (missing.length > 0) {
  console.log(`Not run: ${missing.join(', ')}.`);
  if (process.env['CI'] === 'true') process.exitCode = 1;
} else {
  console.log('Everything ran, with a real Kafka and a real PostgreSQL.');
}
