/**
 * The body's bytes as text, by the byte order mark that they begin with, else by the charset that their head names;
 * UTF-8 where that is none, or one that nobody knows.
 */
import { TextDecoder } from 'node:util';

const charsetPattern = /charset\s*=\s*"?([\w:.-]+)/i;

/** Keeps no state between two whole bodies. */
const utf8 = new TextDecoder();

/** What a byte order mark says counts for more than what the head does (WHATWG, Encoding, section 6). */
function markedCharset([first, second]: Buffer): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

function decoderFor(contentType: string | null): TextDecoder {
  // Most name none, and to see that is quicker than to match a pattern.
  if (contentType?.includes('=') !== true) return utf8;
  const charset = charsetPattern.exec(contentType)?.[1];
  if (charset === undefined) return utf8;
  try {
    return new TextDecoder(charset);
  } catch {
    // A made-up charset does not make a page unreadable: browsers take it as UTF-8 too.
    return utf8;
  }
}

export function bodyText(bytes: Buffer, contentType: string | null): string {
  const marked = markedCharset(bytes);
  return (marked === null ? decoderFor(contentType) : new TextDecoder(marked)).decode(bytes);
}
