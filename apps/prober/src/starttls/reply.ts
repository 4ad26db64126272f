/** Replies of one or several lines that begin with three digits, as SMTP (RFC 5321, 4.2) and FTP (RFC 959, 4.2) do. */
import type { Understood } from '../exchange/conversation.ts';

export interface Reply {
  readonly code: number;
  /** The text of each line, without code and line end. */
  readonly lines: readonly string[];
}

export const notAReply = 'not-a-reply';

interface ReplyLine {
  readonly code: string;
  readonly isLast: boolean;
  readonly text: string;
}

/** `250-text` goes on, `250 text` and `250` end. */
const replyLine = /^(?<code>[2-5][0-9]{2})(?:(?<more>[ -])(?<text>.*))?$/;
const codeLength = 3;
/** What the first characters of a line may be while its end has not come. */
const replyBegin = /^([2-5]([0-9]([0-9][ -]?)?)?)?\r?$/;

function parseLine(line: string): ReplyLine | null {
  const { groups } = replyLine.exec(line) ?? {};
  if (groups === undefined) return null;
  const { code = '', more, text = '' } = groups;
  return { code, isLast: more !== '-', text };
}

interface Expecting {
  /** Of the lines before; null of the first. */
  readonly code: string | null;
  /** Whether the lines between the first and the last may say anything, as in FTP. */
  readonly freeLines: boolean;
}

/** Null of a line that does not belong to the reply. */
function takeLine(text: string, { code, freeLines }: Expecting): ReplyLine | null {
  const line = parseLine(text);
  if (line !== null && (code === null || line.code === code)) return line;
  return freeLines && code !== null ? { code, isLast: false, text } : null;
}

/** Whether the beginning of a line may still become one that belongs to the reply. */
function mayBecomeLine(begin: string, { code, freeLines }: Expecting): boolean {
  return (freeLines && code !== null) || replyBegin.test(begin.slice(0, codeLength + 1));
}

/**
 * Reads the first reply of `heard`; null while its end has not come. Each line must have the code of the first, except
 * for those that may say anything. Lines that end by LF alone are understood.
 */
export function readReply(heard: string, freeLines = false): Understood<Reply> | typeof notAReply | null {
  const lines: string[] = [];
  let code: string | null = null;
  let at = 0;
  for (let end = heard.indexOf('\n'); end !== -1; end = heard.indexOf('\n', at)) {
    const line = takeLine(heard.slice(at, end).replace(/\r$/, ''), { code, freeLines });
    if (line === null) return notAReply;
    code = line.code;
    lines.push(line.text);
    at = end + 1;
    if (line.isLast) return { value: { code: Number(code), lines }, length: at };
  }
  return mayBecomeLine(heard.slice(at), { code, freeLines }) ? null : notAReply;
}
