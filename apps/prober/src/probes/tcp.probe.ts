/** The TCP probe: connects, and holds the conversation that its steps describe. */
import type { TcpProbe, TcpStep } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { Conversation, type Unheard } from '../exchange/conversation.ts';
import { matchEnd } from '../judgement/pattern.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

const quotedCharactersMax = 120;

const quote = (text: string): string => JSON.stringify(text.slice(0, quotedCharactersMax));

function unmatched(pattern: string, { text, state }: Unheard): Failure {
  const wanted = `expected it to match ${quote(pattern)}`;
  if (text !== '') return new Failure('tcp.mismatch', `got ${quote(text)}, ${wanted}`);
  if (state === 'reset') return new Failure('connect.reset', `the connection was reset, ${wanted}`);
  return new Failure('tcp.mismatch', `the connection was closed without a word, ${wanted}`);
}

/** Whether the last TLS that is begun is followed by a wait for the target's words. */
function hearsOverTls(steps: readonly TcpStep[]): boolean {
  const begun = steps.findLastIndex((step) => 'startTls' in step);
  return steps.slice(begun + 1).some((step) => 'expect' in step);
}

class Talk {
  readonly #tcp: TcpProbe;
  readonly #context: ProbeContext;
  readonly #conversation: Conversation;

  constructor(conversation: Conversation, tcp: TcpProbe, context: ProbeContext) {
    this.#conversation = conversation;
    this.#tcp = tcp;
    this.#context = context;
  }

  async run(): Promise<Failure | null> {
    const { host, port, ipFamily: family, resolver, tls, steps } = this.#tcp;
    const failure =
      (await this.#conversation.dial(this.#context.outbound, { host, port, family, resolver })) ??
      (tls ? await this.#startTls() : null);
    return failure ?? (await this.#follow(steps));
  }

  async #follow(steps: readonly TcpStep[]): Promise<Failure | null> {
    for (const step of steps) {
      const failure = await this.#perform(step);
      if (failure !== null) return failure;
    }
    return null;
  }

  async #perform(step: TcpStep): Promise<Failure | null> {
    if ('expect' in step) return await this.#expect(step.expect);
    if ('startTls' in step) return await this.#startTls();
    this.#conversation.say(step.send);
    return null;
  }

  async #startTls(): Promise<Failure | null> {
    const host = this.#tcp.host.replace(/\.$/, '');
    const identity = this.#context.contexts.identityOf(this.#tcp);
    if (identity instanceof Failure) return identity;
    return await this.#conversation.startTls({
      host,
      verify: true,
      certificateWarningDays: this.#tcp.certificateWarningDays,
      protocols: [],
      refusal: hearsOverTls(this.#tcp.steps) ? 'heeded' : 'awaited',
      ...identity,
    });
  }

  async #expect(pattern: string): Promise<Failure | null> {
    const conversation = this.#conversation;
    const failure = await conversation.hear<null>(
      (text) => {
        const length = matchEnd(pattern, text);
        return length === null ? null : { value: null, length };
      },
      (unheard) => unmatched(pattern, unheard),
    );
    if (failure === null) return null;
    const { text } = conversation;
    if (!failure.reason.startsWith('timeout.') || text === '') return failure;
    // What came last may not have been looked at.
    return matchEnd(pattern, text) === null ? unmatched(pattern, { text, state: 'open' }) : null;
  }
}

/** Connecting is enough where there are no steps, even when the target closes the connection at once. */
export const probeTcp: PerformProbe<TcpProbe> = async (tcp, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const conversation = new Conversation(attempt, 'utf8');
  try {
    const failure = await new Talk(conversation, tcp, context).run();
    attempt.finish();
    return evidenceOf(attempt, { failure, answer: conversation.text, secrets: [] });
  } finally {
    conversation.hangUp();
    attempt.finish();
  }
};
