/** Words why a target that should have said something in a protocol is not understood. */
import { Failure } from '../attempt/failure.ts';
import { legible, type Unheard } from '../exchange/conversation.ts';

const quotedCharactersMax = 120;

/** The first characters of what a target said, as text in quotes. */
export function quote(latin1: string): string {
  return JSON.stringify(legible(latin1.slice(0, quotedCharactersMax)).trimEnd());
}

type Malformed = 'starttls.malformed' | 'smtp.malformed';

export interface Expected {
  readonly reason: Malformed;
  /** What was awaited, such as `an SMTP greeting`. */
  readonly what: string;
}

export function malformed({ reason, what }: Expected, heard: string): Failure {
  return new Failure(reason, `got ${quote(heard)}, expected ${what}`);
}

/** Of a target that will not say more. */
export function brokenOff({ reason, what }: Expected, { text, state }: Unheard): Failure {
  if (state === 'reset') return new Failure('connect.reset', `the target reset the connection, expected ${what}`);
  if (state === 'overflowing') return new Failure(reason, `the target talks without end, expected ${what}`);
  if (text === '') return new Failure(reason, `the target closed the connection without a word, expected ${what}`);
  return new Failure(reason, `the target closed the connection after ${quote(text)}, expected ${what}`);
}
