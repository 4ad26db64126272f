/** The end of `npm test`: one line that says what was proved; in CI, a spec that did not run is a failure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  testResults: { name: string; assertionResults: { status: string }[] }[];
}

const reports = join(import.meta.dirname, '../tmp/specs');
const readReport = (kind: string) => JSON.parse(readFileSync(join(reports, `${kind}.json`), 'utf8')) as Report;

const [unit, real] = [readReport('unit'), readReport('real')];
const suites = [...unit.testResults, ...real.testResults];
const passedCount = (path: RegExp) =>
  real.testResults
    .filter(({ name }) => path.test(name))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed').length;
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

const [integrationCount, e2eCount] = [passedCount(/\.integration\.spec\.ts$/), passedCount(/\.e2e\.spec\.ts$/)];
console.log(
  `\nFormat, lint, boundaries, types and dead code are clean; ${unit.numPassedTests} unit, ` +
    `${integrationCount} integration and ${e2eCount} end-to-end specs passed.`,
);
if (missing.length > 0) {
  console.log(`Not run: ${missing.join(', ')}.`);
  if (process.env['CI'] === 'true') process.exitCode = 1;
} else {
  console.log('Everything ran, with a real Kafka and a real PostgreSQL.');
}
