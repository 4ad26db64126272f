/** How TLS is asked for in the protocols that talk in lines. */
import { Failure } from '../attempt/failure.ts';
import type { Conversation, Understood } from '../exchange/conversation.ts';
import { addressLiteral, SmtpTalk, startTlsOverSmtp } from '../smtp/smtp-talk.ts';
import { brokenOff, malformed, quote } from './misunderstanding.ts';
import { notAReply, readReply, type Reply } from './reply.ts';

/** Null once the target waits for the handshake. */
export type AskForTls = (conversation: Conversation) => Promise<Failure | null>;

type Read<Value> = (heard: string) => Understood<Value> | typeof notAReply | null;

async function hear<Value>(conversation: Conversation, what: string, read: Read<Value>): Promise<Value | Failure> {
  const expected = { reason: 'starttls.malformed', what } as const;
  return await conversation.hear(
    (heard) => {
      const understood = read(heard);
      return understood === notAReply ? malformed(expected, heard) : understood;
    },
    (unheard) => brokenOff(expected, unheard),
  );
}

/** One line, without its end, where it begins as `begin` says; a line that cannot become one is not awaited. */
function readLine(heard: string, begin: RegExp, headLength: number): ReturnType<Read<string>> {
  const end = heard.indexOf('\n');
  const line = heard.slice(0, end === -1 ? undefined : end).replace(/\r$/, '');
  if (line.length >= headLength && !begin.test(line)) return notAReply;
  if (end === -1) return null;
  return begin.test(line) ? { value: line, length: end + 1 } : notAReply;
}

function refused(command: string, line: string): Failure {
  return new Failure('starttls.refused', `the server answered ${command} with ${quote(line)}`);
}

function notOffered(what: string): Failure {
  return new Failure('starttls.refused', `the server does not offer ${what} among its capabilities`);
}

export const overSmtp: AskForTls = async (conversation) => {
  const talk = new SmtpTalk(conversation);
  const failure = await talk.greeting();
  if (failure !== null) return failure;
  const extensions = await talk.ehlo(addressLiteral(conversation));
  return extensions instanceof Failure ? extensions : await startTlsOverSmtp(talk, extensions);
};

interface Tagged {
  /** `OK`, `NO` or `BAD`, with the words behind it. */
  readonly status: string;
  /** The untagged lines before it. */
  readonly untagged: readonly string[];
}

const imapLine = /^(?<tag>\*|\+|[a-z][0-9]) (?<rest>.*)$/i;
const imapHeadLength = 3;

/** Lines until the one with our tag (RFC 3501, 2.2.2). */
function readTagged(heard: string, tag: string): ReturnType<Read<Tagged>> {
  const untagged: string[] = [];
  for (let at = 0; ;) {
    const line = readLine(heard.slice(at), imapLine, imapHeadLength);
    if (line === null || line === notAReply) return line;
    at += line.length;
    const { groups = {} } = imapLine.exec(line.value) ?? {};
    const rest = groups['rest'] ?? '';
    if (groups['tag'] === tag) return { value: { status: rest, untagged }, length: at };
    if (groups['tag'] !== '*') return notAReply;
    untagged.push(rest.toUpperCase());
  }
}

async function sayTagged(conversation: Conversation, tag: string, command: string): Promise<Tagged | Failure> {
  conversation.say(`${tag} ${command}\r\n`);
  const tagged = await hear(conversation, `an IMAP answer to ${command}`, (heard) => readTagged(heard, tag));
  if (tagged instanceof Failure) return tagged;
  return /^OK\b/i.test(tagged.status) ? tagged : refused(command, tagged.status);
}

export const overImap: AskForTls = async (conversation) => {
  const greeting = await hear(conversation, 'an IMAP greeting', (heard) =>
    readLine(heard, /^\* (OK|PREAUTH|BYE)\b/i, '* PREAUTH'.length),
  );
  if (greeting instanceof Failure) return greeting;
  // A session that is authenticated already cannot be made a safe one (RFC 3501, 6.2.1).
  if (!/^\* OK\b/i.test(greeting)) return refused('the connection', greeting);
  const capabilities = await sayTagged(conversation, 'a1', 'CAPABILITY');
  if (capabilities instanceof Failure) return capabilities;
  const isOffered = capabilities.untagged.some((line) => /^CAPABILITY\b.*\bSTARTTLS\b/.test(line));
  if (!isOffered) return notOffered('STARTTLS');
  const answer = await sayTagged(conversation, 'a2', 'STARTTLS');
  return answer instanceof Failure ? answer : null;
};

const pop3Line = /^(\+OK|-ERR)\b/i;
const pop3HeadLength = '-ERR'.length;
const isOk = (line: string): boolean => line.startsWith('+');

/** A status, and behind a good one lines up to a single dot (RFC 2449, 5). */
function readCapabilities(heard: string): ReturnType<Read<string>> {
  const status = readLine(heard, pop3Line, pop3HeadLength);
  if (status === null || status === notAReply || !isOk(status.value)) return status;
  const list = /^(?:.*\r?\n)*?\.\r?\n/.exec(heard.slice(status.length));
  return list === null
    ? null
    : { value: heard.slice(0, status.length + list[0].length), length: status.length + list[0].length };
}

export const overPop3: AskForTls = async (conversation) => {
  const readStatus: Read<string> = (heard) => readLine(heard, pop3Line, pop3HeadLength);
  const greeting = await hear(conversation, 'a POP3 greeting', readStatus);
  if (greeting instanceof Failure) return greeting;
  if (!isOk(greeting)) return refused('the connection', greeting);
  conversation.say('CAPA\r\n');
  const capabilities = await hear(conversation, 'a POP3 answer to CAPA', readCapabilities);
  if (capabilities instanceof Failure) return capabilities;
  // A server that cannot list what it can may still know STLS.
  if (isOk(capabilities) && !/^STLS\s*$/im.test(capabilities)) return notOffered('STLS');
  conversation.say('STLS\r\n');
  const answer = await hear(conversation, 'a POP3 answer to STLS', readStatus);
  if (answer instanceof Failure) return answer;
  return isOk(answer) ? null : refused('STLS', answer);
};

const ftpCodes = { ready: 220, authAccepted: 234 } as const;

export const overFtp: AskForTls = async (conversation) => {
  const read: Read<Reply> = (heard) => readReply(heard, true);
  const describe = ({ code, lines }: Reply): string => [code, ...lines].join(' ');
  const greeting = await hear(conversation, 'an FTP greeting', read);
  if (greeting instanceof Failure) return greeting;
  if (greeting.code !== ftpCodes.ready) return refused('the connection', describe(greeting));
  conversation.say('AUTH TLS\r\n');
  const answer = await hear(conversation, 'an FTP answer to AUTH TLS', read);
  if (answer instanceof Failure) return answer;
  return answer.code === ftpCodes.authAccepted ? null : refused('AUTH TLS', describe(answer));
};
