/** Speaks SMTP (RFC 5321) as far as a probe goes: never a DATA, so never a mail. */
import { Failure } from '../attempt/failure.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { brokenOff, malformed, quote, type Expected } from '../starttls/misunderstanding.ts';
import { notAReply, readReply, type Reply } from '../starttls/reply.ts';

export const replyCodes = { ready: 220, done: 250, forwarded: 251, authenticated: 235, goOn: 334 } as const;
const temporary = 400;
const permanent = 500;

/** What a server that was greeted with EHLO can do, such as `STARTTLS` or `AUTH PLAIN LOGIN`, in capitals. */
export type Extensions = readonly string[];

/** The code and the first words of a reply, which may be long. */
export function describeReply({ code, lines }: Reply): string {
  return quote([String(code), ...lines].join(' '));
}

/** A reply that is not the one that was wanted. */
export function refusal(reply: Reply, doing: string): Failure {
  const saying = `the server answered ${doing} with ${describeReply(reply)}`;
  if (reply.code >= permanent) return new Failure('smtp.rejected', saying);
  if (reply.code >= temporary) return new Failure('smtp.deferred', saying);
  return new Failure('smtp.malformed', `${saying}, which does not belong there`);
}

export class SmtpTalk {
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** The reply that comes unasked, on connecting. */
  async greeting(): Promise<Failure | null> {
    const reply = await this.#reply('an SMTP greeting');
    if (reply instanceof Failure) return reply;
    return reply.code === replyCodes.ready ? null : refusal(reply, 'the connection');
  }

  async ehlo(name: string): Promise<Extensions | Failure> {
    const reply = await this.say(`EHLO ${name}`);
    if (reply instanceof Failure) return reply;
    if (reply.code !== replyCodes.done) return refusal(reply, 'EHLO');
    // The first line is the server's name for itself.
    return reply.lines.slice(1).map((line) => line.trim().toUpperCase());
  }

  /** `shown` stands for a command in failures where the command itself is a secret. */
  async say(command: string, shown = command): Promise<Reply | Failure> {
    this.#conversation.say(`${command}\r\n`);
    return await this.#reply(`a reply to ${shown}`);
  }

  async #reply(what: string): Promise<Reply | Failure> {
    const expected: Expected = { reason: 'smtp.malformed', what };
    return await this.#conversation.hear(
      (heard) => {
        const reply = readReply(heard);
        return reply === notAReply ? malformed(expected, heard) : reply;
      },
      (unheard) => brokenOff(expected, unheard),
    );
  }
}

/** The name that a client without one gives: the address that the server sees, in brackets (RFC 5321, 4.1.4). */
export function addressLiteral({ localAddress }: Conversation): string {
  const address = localAddress ?? '127.0.0.1';
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

/** Asks for TLS, of a server that was greeted. */
export async function startTlsOverSmtp(talk: SmtpTalk, extensions: Extensions): Promise<Failure | null> {
  if (!extensions.includes('STARTTLS')) {
    return new Failure('starttls.refused', 'the server does not offer STARTTLS in its answer to EHLO');
  }
  const reply = await talk.say('STARTTLS');
  if (reply instanceof Failure) return reply;
  if (reply.code === replyCodes.ready) return null;
  return new Failure('starttls.refused', `the server answered STARTTLS with ${describeReply(reply)}`);
}
