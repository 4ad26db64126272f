/** The body's bytes as text, by the charset that its head names; UTF-8 where that is none, or one that nobody knows. */
import { TextDecoder } from 'node:util';

const charsetPattern = /charset\s*=\s*"?([\w:.-]+)/i;

/** Keeps no state between two whole bodies. */
const utf8 = new TextDecoder();

function decoderFor(contentType: string | null): TextDecoder {
  const charset = charsetPattern.exec(contentType ?? '')?.[1];
  if (charset === undefined) return utf8;
  try {
    return new TextDecoder(charset);
  } catch {
    // A made-up charset does not make a page unreadable: browsers take it as UTF-8 too.
    return utf8;
  }
}

export function bodyText(bytes: Buffer, contentType: string | null): string {
  return decoderFor(contentType).decode(bytes);
}
