/** Whether an HTTP answer is what its monitor expects: the first expectation that fails gives the reason. Pure. */
import type { BodyExpectation, HeaderExpectation, HttpProbe } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import type { HeaderLine } from '../exchange/response-reader.ts';
import { jsonBodyFault } from './json-body.ts';
import { quote } from './json-value.ts';
import { isMatch, searchedCharactersMax } from './pattern.ts';

export interface JudgedAnswer {
  readonly statusCode: number;
  readonly headers: readonly HeaderLine[];
  /** The body as text; as much of it as was read. */
  readonly text: string;
  /** Whether the body went on after `text`. */
  readonly truncated: boolean;
  /** How long the target took. */
  readonly totalMs: number;
  /** Why the target does not believe who asks, where it says so. */
  readonly refusal: string | null;
}

type Expect = HttpProbe['expect'];

const statusDigits = 3;

/** A range is one status, or two with a hyphen between. */
function isWithin(statusCode: number, range: string): boolean {
  return statusCode >= Number(range.slice(0, statusDigits)) && statusCode <= Number(range.slice(-statusDigits));
}

function judgeStatus({ status }: Expect, { statusCode, refusal }: JudgedAnswer): Failure | null {
  if (status.some((range) => isWithin(statusCode, range))) return null;
  return new Failure(
    'status.unexpected',
    `got ${statusCode}, expected ${status.join(' or ')}${refusal === null ? '' : `: ${refusal}`}`,
  );
}

function valuesOf(headers: readonly HeaderLine[], name: string): string[] {
  const values: string[] = [];
  for (const header of headers) if (header.name === name) values.push(header.value);
  return values;
}

/** Of several headers of one name one is enough; what must not be there must be in none of them. */
function isHeaderMet(expectation: HeaderExpectation, values: readonly string[]): boolean {
  if ('exists' in expectation) return expectation.exists === values.length > 0;
  if ('equals' in expectation) return values.includes(expectation.equals);
  if ('contains' in expectation) return values.some((value) => value.includes(expectation.contains));
  if ('notContains' in expectation) return !values.some((value) => value.includes(expectation.notContains));
  if ('matches' in expectation) return values.some((value) => isMatch(expectation.matches, value));
  return !values.some((value) => isMatch(expectation.notMatches, value));
}

function wantedOf(expectation: HeaderExpectation): string {
  if ('exists' in expectation) return expectation.exists ? 'it to be there' : 'none';
  if ('equals' in expectation) return quote(expectation.equals);
  if ('contains' in expectation) return `it to contain ${quote(expectation.contains)}`;
  if ('notContains' in expectation) return `it not to contain ${quote(expectation.notContains)}`;
  if ('matches' in expectation) return `it to match ${quote(expectation.matches)}`;
  return `it not to match ${quote(expectation.notMatches)}`;
}

function judgeHeader(expectation: HeaderExpectation, { headers }: JudgedAnswer): Failure | null {
  const values = valuesOf(headers, expectation.name.toLowerCase());
  if (isHeaderMet(expectation, values)) return null;
  const got = values.length === 0 ? 'it is missing' : `got ${quote(values.join(', '))}`;
  return new Failure('header.mismatch', `header ${expectation.name}: ${got}, expected ${wantedOf(expectation)}`);
}

function unread(what: string): Failure {
  return new Failure('http.too-large', `the body is too large to be read whole, so ${what}`);
}

function judgeBody(expectation: BodyExpectation, { text, truncated }: JudgedAnswer): Failure | null {
  if ('contains' in expectation) {
    const { contains } = expectation;
    if (text.includes(contains)) return null;
    if (truncated) return unread(`${quote(contains)} was not found in what was`);
    return new Failure('body.mismatch', `the body does not contain ${quote(contains)}`);
  }
  if ('notContains' in expectation) {
    const { notContains } = expectation;
    if (text.includes(notContains)) return new Failure('body.mismatch', `the body contains ${quote(notContains)}`);
    return truncated ? unread(`nobody knows whether it contains ${quote(notContains)}`) : null;
  }
  return judgePattern(expectation, { text, isWhole: !truncated && text.length <= searchedCharactersMax });
}

function judgePattern(
  expectation: Extract<BodyExpectation, { matches: string } | { notMatches: string }>,
  { text, isWhole }: { text: string; isWhole: boolean },
): Failure | null {
  const isWanted = 'matches' in expectation;
  const pattern = isWanted ? expectation.matches : expectation.notMatches;
  const isThere = isMatch(pattern, text);
  if (isThere) return isWanted ? null : new Failure('body.mismatch', `the body matches ${quote(pattern)}`);
  if (!isWhole) return unread(`${quote(pattern)} was not found in what was`);
  return isWanted ? new Failure('body.mismatch', `the body does not match ${quote(pattern)}`) : null;
}

function judgeJson({ json }: Expect, { text, truncated }: JudgedAnswer): Failure | null {
  if (json.length === 0) return null;
  if (truncated) return unread('it cannot be judged as JSON');
  const fault = jsonBodyFault(json, text);
  return fault === null ? null : new Failure('json.mismatch', fault);
}

function judgeSpeed({ maxResponseMs }: Expect, { totalMs }: JudgedAnswer): Failure | null {
  if (maxResponseMs === null || totalMs <= maxResponseMs) return null;
  return new Failure('slow', `took ${Math.round(totalMs)} ms, expected at most ${maxResponseMs} ms`);
}

function first<Expectation>(
  expectations: readonly Expectation[],
  judge: (expectation: Expectation) => Failure | null,
): Failure | null {
  for (const expectation of expectations) {
    const failure = judge(expectation);
    if (failure !== null) return failure;
  }
  return null;
}

export function judgeAnswer(expect: Expect, answer: JudgedAnswer): Failure | null {
  return (
    judgeStatus(expect, answer) ??
    first(expect.headers, (expectation) => judgeHeader(expectation, answer)) ??
    first(expect.body, (expectation) => judgeBody(expectation, answer)) ??
    judgeJson(expect, answer) ??
    judgeSpeed(expect, answer)
  );
}
