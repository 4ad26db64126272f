/** The TCP probe: connects, and holds the conversation that its steps describe. */
import type { TcpProbe, TcpStep } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { Conversation } from '../exchange/conversation.ts';
import type { Connection } from '../exchange/connection.ts';
import { dial } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import { matchEnd } from '../judgement/pattern.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

const certificateWarningDays = 14;
const quotedCharactersMax = 120;

const quote = (text: string): string => JSON.stringify(text.slice(0, quotedCharactersMax));

class Talk {
  readonly #attempt: Attempt;
  readonly #tcp: TcpProbe;
  readonly #context: ProbeContext;
  readonly conversation = new Conversation();
  #connection: Connection | null = null;

  constructor(attempt: Attempt, tcp: TcpProbe, context: ProbeContext) {
    this.#attempt = attempt;
    this.#tcp = tcp;
    this.#context = context;
  }

  async run(): Promise<Failure | null> {
    const { host, port, ipFamily: family, resolver, tls, steps } = this.#tcp;
    const destination = { host, port, family, resolver, plain: false };
    const connection = await dial(this.#attempt, this.#context.outbound, destination);
    if (connection instanceof Failure) return connection;
    this.#take(connection);
    const failure = tls ? await this.#startTls() : null;
    return failure ?? (await this.#follow(steps));
  }

  hangUp(): void {
    this.#connection?.close();
  }

  #take(connection: Connection): void {
    this.#connection = connection;
    this.conversation.over(connection);
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
    this.#connection?.write(step.send);
    return null;
  }

  async #startTls(): Promise<Failure | null> {
    if (this.#connection === null) return null;
    const secured = await secure(this.#attempt, this.#connection, {
      host: this.#tcp.host.replace(/\.$/, ''),
      verify: true,
      certificateWarningDays,
      protocols: [],
      context: this.#context.trust,
    });
    if (secured instanceof Failure) return secured;
    this.#take(secured);
    return null;
  }

  async #expect(pattern: string): Promise<Failure | null> {
    const { conversation } = this;
    const failure = await this.#attempt.wait<null>('ttfb', (done) => {
      const heard = (): void => {
        if (conversation.text !== '') this.#attempt.enter('transfer');
        const end = matchEnd(pattern, conversation.text);
        if (end !== null) conversation.consume(end);
        if (end !== null) done(null);
        else if (conversation.state !== 'open') done(this.#unmatched(pattern));
      };
      conversation.listen(heard);
      heard();
      return () => conversation.listen(() => undefined);
    });
    if (failure === null) return null;
    return failure.reason.startsWith('timeout.') && conversation.text !== '' ? this.#unmatched(pattern) : failure;
  }

  #unmatched(pattern: string): Failure {
    const { text, state } = this.conversation;
    const wanted = `expected it to match ${quote(pattern)}`;
    if (text !== '') return new Failure('tcp.mismatch', `got ${quote(text)}, ${wanted}`);
    if (state === 'reset') return new Failure('connect.reset', `the connection was reset, ${wanted}`);
    return new Failure('tcp.mismatch', `the connection was closed without a word, ${wanted}`);
  }
}

/** Connecting is enough where there are no steps, even when the target closes the connection at once. */
export const probeTcp: PerformProbe<TcpProbe> = async (tcp, context) => {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const talk = new Talk(attempt, tcp, context);
  try {
    const failure = await talk.run();
    attempt.finish();
    return evidenceOf(attempt, { failure, answer: talk.conversation.text, secrets: [] });
  } finally {
    talk.hangUp();
    attempt.finish();
  }
};
