/** Undoes an answer's content coding, never past a cap: a few kilobytes can unfold into gigabytes. */
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { bodyBytesMax, type Answer } from './response-reader.ts';

/** What is kept of an unfolded body. */
const decodedBytesMax = bodyBytesMax;
/** Codings on top of each other. */
const codingsMax = 3;

/** A frame can ask for a window of gigabytes; for a content coding 8 MiB are what it may (RFC 9659). */
const zstdWindow = { [constants.ZSTD_d_windowLogMax]: 23 };

export interface Content {
  readonly bytes: Buffer;
  /** Whether there was more than what is kept. */
  readonly truncated: boolean;
}

/** Servers that say deflate send zlib's wrapping or none. */
function isZlibWrapped(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

function decoderOf(coding: string, { bytes, truncated }: Content): Transform | null {
  // Of a body that we cut ourselves as much is unfolded as there is.
  const zlib = truncated ? { finishFlush: constants.Z_SYNC_FLUSH } : {};
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(zlib);
    case 'deflate':
      return isZlibWrapped(bytes) ? createInflate(zlib) : createInflateRaw(zlib);
    case 'br':
      return createBrotliDecompress(truncated ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {});
    case 'zstd':
      return createZstdDecompress({
        params: zstdWindow,
        ...(truncated ? { finishFlush: constants.ZSTD_e_flush } : {}),
      });
    default:
      return null;
  }
}

/** In the order in which they were applied, however many lines the header has. */
function codingsOf({ headers }: Answer): string[] {
  const codings: string[] = [];
  for (const { name, value } of headers)
    if (name === 'content-encoding') codings.push(...value.toLowerCase().split(','));
  return codings.map((coding) => coding.trim()).filter((coding) => coding !== '');
}

async function unfold(attempt: Attempt, coding: string, content: Content): Promise<Content | Failure> {
  const decoder = decoderOf(coding, content);
  // A coding that we do not know may be a server's invention (`none`, `utf-8`): the body is then taken as it is.
  if (decoder === null) return content;
  return await attempt.wait<Content>('transfer', (done) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const finish = (truncated: boolean): void => {
      decoder.destroy();
      done({ bytes: Buffer.concat(pieces), truncated });
    };
    decoder.on('data', (piece: Buffer) => {
      pieces.push(piece.subarray(0, decodedBytesMax - size));
      size += piece.length;
      if (size > decodedBytesMax) finish(true);
    });
    decoder.on('end', () => finish(content.truncated));
    decoder.on('error', () => done(new Failure('http.decode', `the body is not the ${coding} that its head promises`)));
    decoder.end(content.bytes);
    return () => decoder.destroy();
  });
}

/** The body as its author wrote it: at once, where it came that way. */
export function decode(attempt: Attempt, answer: Answer): Promise<Content | Failure> | Content | Failure {
  const codings = codingsOf(answer);
  if (codings.length > codingsMax) return new Failure('http.decode', `the body has more than ${codingsMax} codings`);
  const content: Content = { bytes: answer.body, truncated: answer.truncated };
  const isPlain = codings.length === 0 || content.bytes.length === 0;
  return isPlain ? content : unfoldAll(attempt, codings, content);
}

async function unfoldAll(attempt: Attempt, codings: readonly string[], folded: Content): Promise<Content | Failure> {
  let content = folded;
  for (const coding of codings.toReversed()) {
    const unfolded = await unfold(attempt, coding, content);
    if (unfolded instanceof Failure) return unfolded;
    content = unfolded;
  }
  return content;
}
