/** The SMTP probe: greets a mail server, secures the talk, logs in, asks for a recipient, as far as it is told to. */
import type { SmtpProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { Conversation } from '../exchange/conversation.ts';
import type { TlsIdentity } from '../exchange/secure-contexts.ts';
import { logIn, secretsOfLogin } from '../smtp/login.ts';
import { addressLiteral, refusal, replyCodes, SmtpTalk, startTlsOverSmtp, type Extensions } from '../smtp/smtp-talk.ts';
import { injection } from '../starttls/start-tls.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

interface Surroundings extends ProbeContext {
  readonly identity: TlsIdentity;
}

class Visit {
  readonly #conversation: Conversation;
  readonly #talk: SmtpTalk;
  readonly #smtp: SmtpProbe;
  readonly #context: ProbeContext;
  readonly #identity: TlsIdentity;

  constructor(conversation: Conversation, smtp: SmtpProbe, { identity, ...context }: Surroundings) {
    this.#identity = identity;
    this.#conversation = conversation;
    this.#talk = new SmtpTalk(conversation);
    this.#smtp = smtp;
    this.#context = context;
  }

  async run(): Promise<Failure | null> {
    const { host, port, ipFamily: family, resolver, tls, auth, recipient } = this.#smtp;
    const unreached = await this.#conversation.dial(this.#context.outbound, { host, port, family, resolver });
    const unopened = unreached ?? (tls ? await this.#startTls() : null) ?? (await this.#talk.greeting());
    if (unopened !== null) return unopened;
    const extensions = await this.#introduce();
    if (extensions instanceof Failure) return extensions;
    const stranger = auth.type === 'none' ? null : await logIn(this.#talk, auth, extensions);
    const failure = stranger ?? (recipient === null ? null : await this.#ask(recipient));
    // Leaves as it should, and waits for no goodbye. Nothing was begun that would have to be taken back.
    this.#conversation.say('QUIT\r\n');
    return failure;
  }

  /** What the server can do, once all is secured that is to be. */
  async #introduce(): Promise<Extensions | Failure> {
    const { startTls, tls } = this.#smtp;
    const extensions = await this.#ehlo();
    if (extensions instanceof Failure || tls || startTls === 'never') return extensions;
    if (startTls === 'opportunistic' && !extensions.includes('STARTTLS')) return extensions;
    const failure =
      (await startTlsOverSmtp(this.#talk, extensions)) ?? injection(this.#conversation) ?? (await this.#startTls());
    // What was offered in the clear counts for nothing (RFC 3207, 4.2).
    return failure ?? (await this.#ehlo());
  }

  async #ehlo(): Promise<Extensions | Failure> {
    return await this.#talk.ehlo(this.#smtp.ehloName ?? addressLiteral(this.#conversation));
  }

  async #startTls(): Promise<Failure | null> {
    const { host, verify, certificateWarningDays } = this.#smtp;
    return await this.#conversation.startTls({
      host: host.replace(/\.$/, ''),
      verify,
      certificateWarningDays,
      protocols: [],
      refusal: 'heeded',
      ...this.#identity,
    });
  }

  async #ask({ from, to }: NonNullable<SmtpProbe['recipient']>): Promise<Failure | null> {
    for (const command of [`MAIL FROM:<${from ?? ''}>`, `RCPT TO:<${to}>`]) {
      const reply = await this.#talk.say(command);
      if (reply instanceof Failure) return reply;
      if (reply.code !== replyCodes.done && reply.code !== replyCodes.forwarded) return refusal(reply, command);
    }
    return null;
  }
}

export const probeSmtp: PerformProbe<SmtpProbe> = async (smtp, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const conversation = new Conversation(attempt, 'latin1');
  try {
    const identity = context.contexts.identityOf(smtp);
    const failure =
      identity instanceof Failure ? identity : await new Visit(conversation, smtp, { ...context, identity }).run();
    attempt.finish();
    return evidenceOf(attempt, { failure, answer: conversation.lastHeard, secrets: secretsOfLogin(smtp.auth) });
  } finally {
    conversation.hangUp();
    attempt.finish();
  }
};
