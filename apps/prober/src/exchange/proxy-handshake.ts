/** One message to a proxy and its answer, before the connection is the target's. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';

/** No answer of a proxy is longer; one that is never ends. */
const answerBytesMax = 64 * 1024;

/** Reads an answer out of what has come so far; null where more must come. */
export type ReadAnswer<Value> = (bytes: Buffer) => Value | Failure | null;

/** The failures say what the proxy did, and read on from its name. */
export async function askProxy<Value extends object | number>(
  attempt: Attempt,
  connection: Connection,
  { message, read }: { readonly message: Buffer; readonly read: ReadAnswer<Value> },
): Promise<Value | Failure> {
  let heard: Buffer = Buffer.alloc(0);
  const closed = (how: string): Failure => {
    const when = heard.length === 0 ? 'without an answer' : 'within its answer';
    return new Failure('proxy.protocol', `${how} the connection ${when}`);
  };
  return await attempt.wait<Value>('connect', (done) => {
    const settle = (result: Value | Failure): void => {
      connection.detach();
      done(result);
    };
    connection.attach({
      received(bytes) {
        heard = Buffer.concat([heard, bytes]);
        const result = read(heard);
        if (result !== null) settle(result);
        else if (heard.length > answerBytesMax) settle(new Failure('proxy.protocol', 'sent an answer without end'));
      },
      ended: () => settle(closed('closed')),
      failed: () => settle(closed('reset')),
    });
    connection.write(message);
    return () => connection.detach();
  });
}
