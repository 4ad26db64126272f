/** Patterns in RE2 syntax: matched in time linear in the text, so no pattern and no answer can hold up other probes. */
import { RE2JS } from 're2js';

/** Compiled patterns are kept, the least recently made go first. */
const patternsKeptMax = 1_000;
/** What of a text is searched. */
export const searchedCharactersMax = 256 * 1024;

const compiled = new Map<string, RE2JS>();

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = RE2JS.compile(pattern, RE2JS.MULTILINE);
  compiled.set(pattern, made);
  const [oldest] = compiled.keys();
  if (compiled.size > patternsKeptMax && oldest !== undefined) compiled.delete(oldest);
  return made;
}

/** How much there is to do for each character of a text. @throws on a bad pattern. */
export function patternSize(pattern: string): number {
  return compile(pattern).programSize();
}

/** Whether the pattern is found anywhere in `text`; `^` and `$` match at line breaks too. @throws on a bad pattern. */
export function isMatch(pattern: string, text: string): boolean {
  return compile(pattern).test(text.slice(0, searchedCharactersMax));
}

/** Where the first match ends, or null. @throws on a bad pattern. */
export function matchEnd(pattern: string, text: string): number | null {
  if (!isMatch(pattern, text)) return null;
  const matcher = compile(pattern).matcher(text.slice(0, searchedCharactersMax));
  return matcher.find() ? matcher.end() : null;
}
