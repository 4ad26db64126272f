/** A probe of a database or a broker: dials it, holds the talk of its protocol, and tells how that ended. */
import type { Evidence, TlsMaterial, TlsMode } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { isWorthHiding } from '../attempt/redaction.ts';
import { dial } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import type { ProbeContext } from '../probes/probe-context.ts';
import { Line } from './line.ts';
import type { Talk } from './talk.ts';

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Service extends TlsMaterial {
  /** As a person names it: `Redis`. */
  readonly protocol: string;
  /** Asked one after the other, until one is up. */
  readonly endpoints: readonly Endpoint[];
  readonly tls: TlsMode;
  readonly certificateWarningDays: number;
  readonly password: string | null;
  /** Ends when the service is up; `timeoutMs` is what all of it may take. */
  readonly talk: (timeoutMs: number) => Talk;
}

/** How an endpoint failed. */
interface Failed {
  readonly failure: Failure;
  readonly address: string | null;
  readonly firstWords: string;
}

class Call {
  readonly #attempt: Attempt;
  readonly #service: Service;
  readonly #context: ProbeContext;
  #line: Line | null = null;
  #firstWords = '';

  constructor(attempt: Attempt, service: Service, context: ProbeContext) {
    this.#attempt = attempt;
    this.#service = service;
    this.#context = context;
  }

  /** What the server said first whose failure is told. */
  get firstWords(): string {
    return this.#firstWords;
  }

  async run(): Promise<Failure | null> {
    const { endpoints } = this.#service;
    const failures: Failed[] = [];
    for (const [index, endpoint] of endpoints.entries()) {
      const failure = await this.#ask(endpoint, endpoints.length - index);
      if (failure === null) return null;
      failures.push({ failure, address: this.#attempt.address, firstWords: this.#line?.firstWords ?? '' });
      if (this.#attempt.isOver) break;
      this.hangUp();
    }
    return this.#blame(failures[0]);
  }

  #blame(failed: Failed | undefined): Failure | null {
    if (failed === undefined) return null;
    this.#attempt.address = failed.address;
    this.#firstWords = failed.firstWords;
    return failed.failure;
  }

  hangUp(): void {
    this.#line?.close();
    this.#line = null;
  }

  async #ask({ host, port }: Endpoint, turnsLeft: number): Promise<Failure | null> {
    const { tls, certificateWarningDays, protocol, talk } = this.#service;
    const identity = this.#context.contexts.identityOf(this.#service);
    if (identity instanceof Failure) return identity;
    // The last may use all that is left; the deadline itself ends it.
    const limitMs = turnsLeft === 1 ? null : this.#attempt.remainingMs / turnsLeft;
    const endsAt = limitMs === null ? null : performance.now() + limitMs;
    const destination = { host, port, family: 'auto', plain: tls === 'disable' } as const;
    const turn = limitMs === null ? {} : { limitMs };
    const connection = await dial(this.#attempt, this.#context.outbound, { ...destination, ...turn });
    if (connection instanceof Failure) return connection;
    const line = new Line({
      attempt: this.#attempt,
      protocol,
      connection,
      endsAt,
      secure: (plain) =>
        secure(this.#attempt, plain, {
          host: host.replace(/\.$/, ''),
          verify: tls === 'verify',
          certificateWarningDays,
          protocols: [],
          refusal: 'heeded',
          ...identity,
        }),
    });
    this.#line = line;
    const ending = await line.hold(talk(this.#attempt.timeoutMs));
    return ending instanceof Failure ? ending : null;
  }
}

export async function probeService(service: Service, context: ProbeContext): Promise<Evidence> {
  const { startedAt, timeoutMs, signal } = context;
  const attempt = new Attempt({ startedAt, timeoutMs, signal });
  const call = new Call(attempt, service, context);
  try {
    const failure = await call.run();
    attempt.finish();
    // Where the protocol was understood, the sentence says it all.
    const answer = failure?.reason === 'protocol.mismatch' ? call.firstWords : '';
    const { password } = service;
    const secrets = password === null ? [] : [password, Buffer.from(password).toString('base64')];
    return evidenceOf(attempt, { failure, answer, secrets: secrets.filter(isWorthHiding) });
  } finally {
    call.hangUp();
    attempt.finish();
  }
}
