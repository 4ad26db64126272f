/** A body as JSON, within bounds, and what is expected of the values inside. Pure. */
import type { JsonExpectation } from '@quorate/contracts';
import { jsonFault } from './json-comparison.ts';
import { valuesAt } from './json-path.ts';

/** No document that people write is this deep, and reading one that is takes long. */
export const jsonDepthMax = 10_000;

const byteOrderMark = 0xfeff;
const quotationMark = 0x22;
const backslash = 0x5c;
/** `{` and `}` are `[` and `]` with this bit set. */
const braceBit = 0x20;
const opening = 0x7b;
const closing = 0x7d;

/** Where a string ends that begins at `start`: at its closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quotationMark) return at;
    if (code === backslash) at++;
  }
  return at;
}

function isDeeperThan(text: string, depthMax: number): boolean {
  // Each level takes a character.
  if (text.length <= depthMax) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quotationMark) at = endOfString(text, at);
    else if ((code | braceBit) === closing) depth--;
    else if ((code | braceBit) === opening && ++depth > depthMax) return true;
  }
  return false;
}

/** Of equal keys the last counts, as nearly every reader has it. @throws SyntaxError */
function parse(text: string): unknown {
  return JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text);
}

/** What is wrong with the body, in a sentence; null where all is met. */
export function jsonBodyFault(expectations: readonly JsonExpectation[], text: string): string | null {
  if (text.trim() === '') return 'the body is empty, expected JSON';
  if (isDeeperThan(text, jsonDepthMax))
    return `the body is JSON of more than ${jsonDepthMax} levels, which is not read`;
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    // What a parser says of it quotes the body and helps nobody: the excerpt shows the body.
    return 'the body is not JSON';
  }
  for (const expectation of expectations) {
    const fault = jsonFault(expectation, valuesAt(document, expectation.path));
    if (fault !== null) return `${expectation.path} ${fault}`;
  }
  return null;
}
