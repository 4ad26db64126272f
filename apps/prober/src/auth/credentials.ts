/** What a visit shows to prove who asks. It is asked for hops only that credentials may go to. */
import type { Attempt } from '../attempt/attempt.ts';
import type { Failure } from '../attempt/failure.ts';
import type { Answer } from '../exchange/response-reader.ts';

/** One request, as far as credentials depend on it. */
export interface AskedRequest {
  readonly url: URL;
  readonly method: string;
  readonly body: string | null;
}

/** For one visit: they remember what it was answered. */
export interface Credentials {
  /** Whether an answer may ask for them first: the connection is then kept for the second request. */
  readonly expectChallenge: boolean;
  /** What must not be shown of what was sent, though the target may echo it. */
  readonly secrets: readonly string[];
  /** The value of the Authorization header; null for none. */
  authorize(attempt: Attempt, request: AskedRequest): Promise<string | Failure | null> | string | null;
  /** Whether to ask the same again, with what this answer asks for. Each says so a few times at most. */
  isToRepeat(request: AskedRequest, answer: Answer): boolean;
  /** Why a 401 came all the same, in words. */
  refusalOf(answer: Answer): string;
}
