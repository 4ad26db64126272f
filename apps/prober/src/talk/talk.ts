/**
 * A talk with a server: what a protocol says and hears, in its order and without any I/O. Who holds the talk keeps the
 * deadline, the limits and the connection, so no protocol can forget one of them.
 */
import type { Reason } from '@quorate/contracts';
import type { Begin } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';

export type Step =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'take'; readonly byteCount: number; readonly hint: string }
  | { readonly kind: 'take-line' }
  | { readonly kind: 'secure' }
  | { readonly kind: 'compute'; readonly begin: Begin<Buffer> }
  | { readonly kind: 'fail'; readonly failure: Failure };

/** Ends with its result, or never goes on after a step that failed. */
export type Talk<Result = void> = Generator<Step, Result, Buffer>;

/** What a server sent that the protocol does not know. @see Line.hold, which makes evidence of it. */
export class MalformedError extends Error {}

export function* send(...parts: readonly Buffer[]): Talk {
  yield { kind: 'send', bytes: Buffer.concat(parts) };
}

/** Exactly so many bytes. `hint` goes on from "closed the connection": what it may mean at this point. */
export function* take(byteCount: number, hint = ''): Talk<Buffer> {
  return yield { kind: 'take', byteCount, hint };
}

/** What stands before the next line break, `\n` or `\r\n`. */
export function* takeLine(): Talk<string> {
  return (yield { kind: 'take-line' }).toString('utf8');
}

/** Goes on over TLS. */
export function* secureTalk(): Talk {
  yield { kind: 'secure' };
}

/** Work that goes on beside the event loop. */
export function* compute(begin: Begin<Buffer>): Talk<Buffer> {
  return yield { kind: 'compute', begin };
}

export function* fail(reason: Reason, message: string): Talk<never> {
  yield { kind: 'fail', failure: new Failure(reason, message) };
  throw new Error('a talk was resumed after its failure');
}
