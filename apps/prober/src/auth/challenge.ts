/**
 * Reads the challenges of a 401 (RFC 9110, section 11.6.1): several may stand in one field, apart by the same commas as
 * their parameters, and commas and quotes may stand within a quoted string. Pure; takes whatever a server sends.
 */
import type { Answer } from '../exchange/response-reader.ts';

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By their names in lower case; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** No honest server offers more. */
const challengesMax = 20;

const separators = /[ \t,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const value = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z/:-]+=*))/y;
const equals = /[ \t]*=/y;
/** What Basic, Bearer or Negotiate may have in place of parameters. */
const token68 = /[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

const unquoted = (text: string): string => text.replace(/\\(.)/g, '$1');

/** The value that stands here; null where there is none, or one that never ends. */
function takeValue(reader: Reader): string | null {
  const match = reader.take(value);
  if (match === null) return null;
  const [, quoted, plain = ''] = match;
  return quoted === undefined ? plain : unquoted(quoted);
}

/** What stands before the first thing that is no challenge. */
function challengesIn(field: string): Challenge[] {
  const reader = new Reader(field);
  const challenges: Challenge[] = [];
  let parameters = new Map<string, string>();
  while (challenges.length < challengesMax) {
    reader.take(separators);
    const name = reader.take(token)?.[0].toLowerCase();
    if (name === undefined) break;
    const given = takeValue(reader);
    if (given !== null) {
      if (!parameters.has(name)) parameters.set(name, given);
      continue;
    }
    if (reader.take(equals) !== null) break;
    parameters = new Map();
    challenges.push({ scheme: name, parameters });
    reader.take(token68);
  }
  return challenges;
}

export function challengesOf({ headers }: Pick<Answer, 'headers'>): readonly Challenge[] {
  const fields = headers.filter(({ name }) => name === 'www-authenticate');
  return fields.flatMap((field) => challengesIn(field.value)).slice(0, challengesMax);
}
