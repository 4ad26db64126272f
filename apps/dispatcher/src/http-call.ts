/** One call over HTTP, bounded in time and size. It never rejects: whatever happens is an answer or a reason. */
import { isNativeError } from 'node:util/types';
import { request, type Dispatcher } from 'undici';
import type { ChannelCall } from './channels/channel-call.ts';
import { leaveInTime } from './leave-in-time.ts';

/** No more of an answer is read: it is only looked at for a reason. */
const answerBytesMax = 16 * 1024;

export interface CallSettings {
  readonly agent: Dispatcher;
  /** From here to the last byte of the answer. */
  readonly deadlineMs: number;
  /** By `performance.now`: nothing leaves after that, however late this process hears of it. */
  readonly leavesUntilMs: number;
  /** Ends the call before its time. */
  readonly signal: AbortSignal;
  /** Headers that Quorate adds to every call. */
  readonly headers: Readonly<Record<string, string>>;
}

export type CallOutcome =
  | {
      readonly kind: 'answered';
      readonly statusCode: number;
      readonly retryAfter: string | null;
      readonly text: string;
    }
  | { readonly kind: 'failed'; readonly error: string; readonly retryable: boolean };

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytesLeft = answerBytesMax;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, bytesLeft));
    bytesLeft -= chunk.length;
    if (bytesLeft <= 0) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failureOf(error: unknown, deadline: AbortSignal, deadlineMs: number): CallOutcome {
  if (deadline.aborted) return { kind: 'failed', error: `no complete answer within ${deadlineMs} ms`, retryable: true };
  // A system's error may come from another realm than ours, and is one all the same.
  if (!(error instanceof Error || isNativeError(error)))
    return { kind: 'failed', error: 'failed for an unknown reason', retryable: true };
  const { code, retryable } = error as { code?: unknown; retryable?: unknown };
  const name = typeof code === 'string' ? code : error.name;
  const message = error.message === '' ? 'the connection failed' : error.message;
  return { kind: 'failed', error: `${message} (${name})`, retryable: retryable !== false };
}

export async function makeCall(call: ChannelCall, settings: CallSettings): Promise<CallOutcome> {
  const { agent, deadlineMs, leavesUntilMs, signal, headers } = settings;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const answer = await request(call.url, {
      dispatcher: agent.compose(leaveInTime(leavesUntilMs)),
      method: call.method,
      headers: { ...call.headers, ...headers, ...(call.body !== null && { 'content-type': 'application/json' }) },
      body: call.body,
      signal: AbortSignal.any([deadline, signal]),
    });
    const retryAfter = answer.headers['retry-after'];
    return {
      kind: 'answered',
      statusCode: answer.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
      text: await beginningOf(answer.body),
    };
  } catch (error) {
    return failureOf(error, deadline, deadlineMs);
  }
}
