/** Whether an HTTP answer is what its monitor expects: the first expectation that fails gives the reason. Pure. */
import type { BodyExpectation, HeaderExpectation, HttpProbe, JsonExpectation } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import type { HeaderLine } from '../exchange/response-reader.ts';
import { valueAt } from './json-path.ts';
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

const quotedCharactersMax = 120;

function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax)}…` : text;
}

function isWithin(statusCode: number, range: string): boolean {
  const [from = '', to = from] = range.split('-');
  return statusCode >= Number(from) && statusCode <= Number(to);
}

function judgeStatus({ status }: Expect, { statusCode, refusal }: JudgedAnswer): Failure | null {
  if (status.some((range) => isWithin(statusCode, range))) return null;
  return new Failure(
    'status.unexpected',
    `got ${statusCode}, expected ${status.join(' or ')}${refusal === null ? '' : `: ${refusal}`}`,
  );
}

function headerFault(expectation: HeaderExpectation, values: readonly string[]): string | null {
  const got = values.length === 0 ? 'it is missing' : `got ${quote(values.join(', '))}`;
  if ('exists' in expectation) {
    const wanted = expectation.exists ? 'expected it to be there' : 'expected none';
    return expectation.exists === values.length > 0 ? null : `${got}, ${wanted}`;
  }
  if ('equals' in expectation) {
    return values.includes(expectation.equals) ? null : `${got}, expected ${quote(expectation.equals)}`;
  }
  if ('contains' in expectation) {
    const { contains } = expectation;
    return values.some((value) => value.includes(contains))
      ? null
      : `${got}, expected it to contain ${quote(contains)}`;
  }
  const { matches } = expectation;
  return values.some((value) => isMatch(matches, value)) ? null : `${got}, expected it to match ${quote(matches)}`;
}

/** One of several headers of the same name is enough. */
function judgeHeader(expectation: HeaderExpectation, { headers }: JudgedAnswer): Failure | null {
  const name = expectation.name.toLowerCase();
  const values = headers.filter((header) => header.name === name).map(({ value }) => value);
  const fault = headerFault(expectation, values);
  return fault === null ? null : new Failure('header.mismatch', `header ${expectation.name}: ${fault}`);
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
  const { matches } = expectation;
  if (isMatch(matches, text)) return null;
  if (truncated || text.length > searchedCharactersMax) return unread(`${quote(matches)} was not found in what was`);
  return new Failure('body.mismatch', `the body does not match ${quote(matches)}`);
}

/** Types count: "1" is not 1. A path that leads nowhere equals nothing, and so differs from everything. */
function jsonFault(expectation: JsonExpectation, document: unknown): string | null {
  const value = valueAt(document, expectation.path);
  if ('exists' in expectation) {
    const isThere = value !== undefined;
    return isThere === expectation.exists ? null : `${isThere ? 'is there' : 'is missing'}, expected the contrary`;
  }
  if ('equals' in expectation) {
    return value === expectation.equals ? null : `is ${quote(value)}, expected ${quote(expectation.equals)}`;
  }
  return value === expectation.notEquals ? `is ${quote(value)}, expected anything else` : null;
}

type Parsed = { readonly document: unknown } | null;

function parse(text: string): Parsed {
  try {
    return { document: JSON.parse(text.replace(/^\ufeff/, '')) as unknown };
  } catch {
    // What is not JSON, or too deep to be read, is judged as such.
    return null;
  }
}

function judgeJson(expectations: readonly JsonExpectation[], { text, truncated }: JudgedAnswer): Failure | null {
  if (expectations.length === 0) return null;
  if (truncated) return unread('it cannot be judged as JSON');
  const parsed = parse(text);
  if (parsed === null) return new Failure('json.mismatch', 'the body is not JSON');
  for (const expectation of expectations) {
    const fault = jsonFault(expectation, parsed.document);
    if (fault !== null) return new Failure('json.mismatch', `${expectation.path} ${fault}`);
  }
  return null;
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
    judgeJson(expect.json, answer) ??
    judgeSpeed(expect, answer)
  );
}
