/** Shortens text for people without splitting what they see as one character. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ellipsis = '…';

/** `text` in one line, at most `charactersMax` UTF-16 units long; what was cut is shown by an ellipsis. */
export function cut(text: string, charactersMax: number): string {
  // eslint-disable-next-line no-control-regex -- line breaks and other control characters are what is to be replaced
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').toWellFormed();
  if (line.length <= charactersMax) return line;
  let kept = '';
  for (const { segment } of segmenter.segment(line.slice(0, charactersMax + 1))) {
    if (kept.length + segment.length > charactersMax - ellipsis.length) break;
    kept += segment;
  }
  return kept + ellipsis;
}
