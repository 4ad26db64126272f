/** A probe of a database or a broker: dials it, holds the talk of its protocol, and tells how that ended. */
import type { Evidence, TlsMode } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { isWorthHiding } from '../attempt/redaction.ts';
import { dial } from '../exchange/dial.ts';
import { secure } from '../exchange/secure.ts';
import type { ProbeContext } from '../probes/probe-context.ts';
import { Line } from './line.ts';
import type { Talk } from './talk.ts';

export interface Service {
  /** As a person names it: `Redis`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly password: string | null;
  /** Ends when the service is up; `timeoutMs` is what all of it may take. */
  readonly talk: (timeoutMs: number) => Talk;
}

const certificateWarningDays = 14;

class Call {
  readonly #attempt: Attempt;
  readonly #service: Service;
  readonly #context: ProbeContext;
  #line: Line | null = null;

  constructor(attempt: Attempt, service: Service, context: ProbeContext) {
    this.#attempt = attempt;
    this.#service = service;
    this.#context = context;
  }

  get firstWords(): string {
    return this.#line?.firstWords ?? '';
  }

  async run(): Promise<Failure | null> {
    const { host, port, tls, protocol, talk } = this.#service;
    const destination = { host, port, family: 'auto', plain: tls === 'disable' } as const;
    const connection = await dial(this.#attempt, this.#context.outbound, destination);
    if (connection instanceof Failure) return connection;
    const line = new Line({
      attempt: this.#attempt,
      protocol,
      connection,
      secure: (plain) =>
        secure(this.#attempt, plain, {
          host: host.replace(/\.$/, ''),
          verify: tls === 'verify',
          certificateWarningDays,
          protocols: [],
          context: this.#context.trust,
        }),
    });
    this.#line = line;
    const ending = await line.hold(talk(this.#attempt.timeoutMs));
    return ending instanceof Failure ? ending : null;
  }

  hangUp(): void {
    this.#line?.close();
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
