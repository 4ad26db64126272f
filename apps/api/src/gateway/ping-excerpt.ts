/** Reads what a job sends along, and keeps the end of it: that is where it says what went wrong. */
import type { IncomingMessage } from 'node:http';
import { excerptCharactersMax } from '@quorate/contracts';

/** A ping counts whatever its length; what is beyond this is not read. */
export const pingBytesMax = 1_048_576;
/** Holds as many characters as are kept, in UTF-8 at its longest. */
const tailBytes = 4 * excerptCharactersMax;

/** Resolves with the last bytes of those that were read; rejects when the sender goes away before its end. */
export async function readTail(request: IncomingMessage): Promise<Buffer> {
  let tail: Buffer = Buffer.alloc(0);
  let readBytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    tail = Buffer.concat([tail, chunk.subarray(-tailBytes)]).subarray(-tailBytes);
    readBytes += chunk.length;
    if (readBytes >= pingBytesMax) break;
  }
  return tail;
}

/** Control characters say nothing to people, and the database takes no U+0000; the token itself is a secret. */
export function excerptOf(tail: Buffer, token: string): string | null {
  const text = tail.toString('utf8').toWellFormed().replaceAll(token, '[redacted]');
  // eslint-disable-next-line no-control-regex -- they are what is taken out
  const shown = text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
  return shown === '' ? null : shown.slice(-excerptCharactersMax).toWellFormed();
}
