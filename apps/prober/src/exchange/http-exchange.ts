/** One request and its answer over a connection that is there. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { CutOff } from './cut-off.ts';
import { ResponseReader, type Answer } from './response-reader.ts';

export interface WireRequest {
  readonly bytes: Buffer;
  readonly isHead: boolean;
}

function brokenOff(code: string, reader: ResponseReader, hasBytes: boolean): Failure {
  if (code.startsWith('ERR_SSL')) return new Failure('tls.handshake', `the target refused the TLS session (${code})`);
  if (code === 'ETIMEDOUT') return new Failure('timeout.response', 'the connection was lost without an answer');
  if (reader.hasHead || hasBytes) return new Failure('http.partial', 'the connection was reset within the answer');
  return new Failure('connect.reset', 'the target reset the connection instead of answering');
}

export async function exchange(
  attempt: Attempt,
  connection: Connection,
  request: WireRequest,
): Promise<Answer | Failure> {
  const reader = new ResponseReader(request.isHead);
  const answer = await attempt.wait<Answer>('ttfb', (done) => {
    let hasBytes = false;
    connection.attach({
      received(bytes) {
        hasBytes = true;
        const result = reader.feed(bytes);
        // An interim answer, or half a head, is not yet what was waited for.
        if (reader.hasHead) attempt.enter('transfer');
        settle(result);
      },
      ended: () => settle(reader.finish()),
      failed: (code) => settle(brokenOff(code, reader, hasBytes)),
    });
    connection.write(request.bytes);
    function settle(result: Answer | Failure | null): void {
      if (result === null) return;
      connection.detach();
      done(result);
    }
    return () => connection.detach();
  });
  reader.free();
  const { soFar } = reader;
  return answer instanceof Failure && soFar !== null ? new CutOff(answer, soFar) : answer;
}
