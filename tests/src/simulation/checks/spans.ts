/** Arithmetic of stretches of time. */
import type { Span } from '../world/scenario.ts';

/** The same time in as few stretches as it takes, in their order. */
export function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((left, right) => left.from - right.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** What of `span` lies in none of `taken`, which are joined. */
export function gapsOf(span: Span, taken: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let { from } = span;
  for (const one of taken) {
    if (one.to <= from) continue;
    if (one.from >= span.to) break;
    if (one.from > from) gaps.push({ from, to: one.from });
    from = one.to;
  }
  if (from < span.to) gaps.push({ from, to: span.to });
  return gaps;
}
