/** Tells the story on a terminal: aligned columns, and colour only where `styleText` finds that it is wanted. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const timeColumns = 8;
const kindColumns = 12;
const voteColumns = 14;
const verdictColumns = 14;
const labelColumns = 11;

/** One region's answer, or the verdict, in its own colour. */
export interface Word {
  readonly text: string;
  readonly mood: 'good' | 'bad' | 'doubtful';
}

const moods: Readonly<Record<Word['mood'], Style>> = { good: 'green', bad: 'red', doubtful: 'yellow' };

function cell({ text, mood }: Word, columns: number): string {
  return styleText(moods[mood], text) + ' '.repeat(Math.max(1, columns - text.length));
}

export interface RoundLine {
  readonly at: number;
  readonly kind: string;
  readonly votes: readonly Word[];
  readonly verdict: Word;
  readonly remark: string;
}

export class Terminal {
  readonly #write: (text: string) => void;
  readonly #startedAt: number;

  constructor(write: (text: string) => void, startedAt: number) {
    this.#write = write;
    this.#startedAt = startedAt;
  }

  title(...lines: readonly string[]): void {
    const [first = '', ...more] = lines;
    this.#line();
    this.#line(`  ${styleText('bold', first)}`);
    for (const line of more) this.#line(`  ${styleText('dim', line)}`);
    this.#line();
  }

  /** The beginning of an act. */
  act(heading: string, explanation: string): void {
    this.#line();
    this.#line(`  ${styleText('bold', heading)}`);
    this.#line(`  ${styleText('dim', explanation)}`);
    this.#line();
  }

  say(at: number, text: string, style?: Style): void {
    this.#line(this.#time(at) + (style === undefined ? text : styleText(style, text)));
  }

  round({ at, kind, votes, verdict, remark }: RoundLine): void {
    const cells = votes.map((vote) => cell(vote, voteColumns)).join('');
    const line = this.#time(at) + kind.padEnd(kindColumns) + cells + cell(verdict, verdictColumns);
    this.#line(line + styleText('dim', remark));
  }

  /** What somebody received, as a frame of labelled lines. */
  letter(at: number, heading: Word, rows: readonly (readonly [label: string, text: string])[]): void {
    const style = moods[heading.mood];
    const left = ' '.repeat(timeColumns + 2);
    this.#line(this.#time(at) + styleText(style, `┌ ${heading.text}`));
    for (const [label, text] of rows) {
      this.#line(`${left}${styleText(style, '│')} ${styleText('dim', label.padEnd(labelColumns))}${text}`);
    }
    this.#line(left + styleText(style, '└'));
  }

  end(lines: readonly string[]): void {
    this.#line();
    for (const line of lines) this.#line(`  ${styleText('bold', line)}`);
    this.#line();
  }

  #time(at: number): string {
    const seconds = `${(Math.max(0, at - this.#startedAt) / 1_000).toFixed(1)} s`;
    return `${styleText('dim', seconds.padStart(timeColumns))}  `;
  }

  #line(text = ''): void {
    this.#write(`${text}\n`);
  }
}
