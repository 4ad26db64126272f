/** Whether one JSON value is what is expected of it, and if not, why, in words that name both types. Pure. */
import type { JsonExpectation, JsonScalar, JsonType } from '@quorate/contracts';
import { inWords, jsonTypeOf, quote } from './json-value.ts';
import { isMatch, searchedCharactersMax } from './pattern.ts';

/** What continues a path into a sentence: `is the string "3", expected the number 3`. */
type Fault = string | null;

/** Words cost more than judging, and most values are as expected: they are asked for where there is a fault. */
type Words = () => string;

const fault = (value: unknown, wanted: string): string => `is ${inWords(value)}, expected ${wanted}`;

const unless = (isMet: boolean, value: unknown, wanted: Words): Fault => (isMet ? null : fault(value, wanted()));

const among = (choices: readonly JsonScalar[]): string => choices.map(inWords).join(' or ');

const orders = {
  lessThan: { holds: (value: number, bound: number) => value < bound, saying: 'less than' },
  greaterThan: { holds: (value: number, bound: number) => value > bound, saying: 'greater than' },
  atLeast: { holds: (value: number, bound: number) => value >= bound, saying: 'of at least' },
  atMost: { holds: (value: number, bound: number) => value <= bound, saying: 'of at most' },
} as const;
type Order = keyof typeof orders;

function orderFault(value: unknown, order: Order, bound: number): Fault {
  const { holds, saying } = orders[order];
  return unless(typeof value === 'number' && holds(value, bound), value, () => `a number ${saying} ${bound}`);
}

function containFault(value: unknown, part: JsonScalar, isWanted: boolean): Fault {
  const wanted: Words = () => `${isWanted ? 'one that contains' : 'one without'} ${inWords(part)}`;
  if (Array.isArray(value)) return unless(value.includes(part) === isWanted, value, wanted);
  if (typeof value === 'string' && typeof part === 'string') {
    return unless(value.includes(part) === isWanted, value, wanted);
  }
  return fault(value, typeof part === 'string' ? 'a string or an array' : 'an array');
}

function matchFault(value: unknown, pattern: string, isWanted: boolean): Fault {
  const wanted: Words = () => `a string that ${isWanted ? 'matches' : 'does not match'} ${quote(pattern)}`;
  if (typeof value !== 'string') return fault(value, wanted());
  // What is too long to be searched is not known to be without the pattern.
  const isKnownToLack = value.length <= searchedCharactersMax;
  return unless(isMatch(pattern, value) ? isWanted : !isWanted && isKnownToLack, value, wanted);
}

function lengthOf(value: unknown): number | null {
  // Characters as people count them, or nearly: an emoji beyond the first plane is one.
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : null;
}

interface Length {
  readonly isMet: (length: number) => boolean;
  readonly wanted: string;
}

function lengthFault(value: unknown, { isMet, wanted }: Length): Fault {
  const length = lengthOf(value);
  if (length === null) return fault(value, `a string, an array or an object of length ${wanted}`);
  return isMet(length) ? null : `is ${inWords(value)} of length ${length}, expected length ${wanted}`;
}

const typesInWords: Readonly<Record<JsonType, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  array: 'an array',
  object: 'an object',
};

type Judgements = {
  readonly [Name in Exclude<JsonOperator, 'exists'>]: (value: unknown, wanted: OperandOf<Name>) => Fault;
};
type AllKeys<Union> = Union extends unknown ? keyof Union : never;
type JsonOperator = Exclude<AllKeys<JsonExpectation>, 'path'>;
type OperandOf<Name extends JsonOperator> = Extract<JsonExpectation, Record<Name, unknown>>[Name];

const judgements: Judgements = {
  equals: (value, wanted) => unless(value === wanted, value, () => inWords(wanted)),
  notEquals: (value, unwanted) => unless(value !== unwanted, value, () => 'anything else'),
  oneOf: (value, choices) => unless(choices.includes(value as JsonScalar), value, () => among(choices)),
  type: (value, type) => unless(jsonTypeOf(value) === type, value, () => typesInWords[type]),
  lessThan: (value, bound) => orderFault(value, 'lessThan', bound),
  greaterThan: (value, bound) => orderFault(value, 'greaterThan', bound),
  atLeast: (value, bound) => orderFault(value, 'atLeast', bound),
  atMost: (value, bound) => orderFault(value, 'atMost', bound),
  contains: (value, part) => containFault(value, part, true),
  notContains: (value, part) => containFault(value, part, false),
  matches: (value, pattern) => matchFault(value, pattern, true),
  notMatches: (value, pattern) => matchFault(value, pattern, false),
  length: (value, length) => lengthFault(value, { isMet: (own) => own === length, wanted: String(length) }),
  lengthAtLeast: (value, least) => lengthFault(value, { isMet: (own) => own >= least, wanted: `at least ${least}` }),
  lengthAtMost: (value, most) => lengthFault(value, { isMet: (own) => own <= most, wanted: `at most ${most}` }),
};

/** Those that a value that is not there meets as well. */
const metByNothing = new Set<string>(['notEquals', 'notContains', 'notMatches']);

/** An expectation has one beside its path. */
function operatorOf(expectation: JsonExpectation): keyof Judgements {
  for (const key in expectation) if (key !== 'path') return key as keyof Judgements;
  return 'equals';
}

/** What the values that a path leads to must be: each of them, and there must be one. */
export function jsonFault(expectation: JsonExpectation, values: readonly unknown[]): Fault {
  if ('exists' in expectation) return existenceFault(expectation.exists, values);
  const operator = operatorOf(expectation);
  if (values.length === 0) return metByNothing.has(operator) ? null : 'is missing';
  const judge = judgements[operator] as (value: unknown, operand: unknown) => Fault;
  const operand: unknown = expectation[operator as keyof JsonExpectation];
  for (const value of values) {
    const found = judge(value, operand);
    if (found !== null) return found;
  }
  return null;
}

function existenceFault(isWanted: boolean, [value]: readonly unknown[]): Fault {
  if (isWanted) return value === undefined ? 'is missing' : null;
  return value === undefined ? null : `is ${inWords(value)}, expected nothing there`;
}
