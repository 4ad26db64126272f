/** Digest credentials over one visit: a nonce is answered once it is known, and counted from request to request. */
import type { HttpAuth } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import type { Answer } from '../exchange/response-reader.ts';
import { challengesOf } from './challenge.ts';
import type { AskedRequest, Credentials } from './credentials.ts';
import { answerChallenge, strongestOf, type DigestChallenge } from './digest.ts';
import { schemesOf } from './fixed-credentials.ts';

type DigestAuth = Extract<HttpAuth, { type: 'digest' }>;

/** What was agreed with one origin: credentials for a nonce of another one would prove nothing there. */
interface Session {
  readonly origin: string;
  readonly challenge: DigestChallenge;
  readonly cnonce: string;
  count: number;
}

/** How often one page may call a nonce stale: a second time is no accident. */
const stalesMax = 1;

export class DigestCredentials implements Credentials {
  readonly #auth: DigestAuth;
  readonly #makeCnonce: () => string;
  readonly #secrets: string[];
  #session: Session | null = null;
  /** Whether the last request carried credentials, and how many nonces its page has called stale. */
  #hasAnswered = false;
  #stales = 0;

  constructor(auth: DigestAuth, makeCnonce: () => string) {
    this.#auth = auth;
    this.#makeCnonce = makeCnonce;
    this.#secrets = [auth.password];
  }

  get expectChallenge(): boolean {
    return true;
  }

  get secrets(): readonly string[] {
    return this.#secrets;
  }

  authorize(_attempt: Attempt, { url, method, body }: AskedRequest): string | null {
    const session = this.#session;
    this.#hasAnswered = session !== null && session.origin === url.origin;
    if (session === null || !this.#hasAnswered) return null;
    session.count += 1;
    const { username, password } = this.#auth;
    const request = { method, uri: `${url.pathname}${url.search}`, body };
    const proof = { username, password, cnonce: session.cnonce, count: session.count };
    const { header, response } = answerChallenge(session.challenge, request, proof);
    this.#secrets.push(response);
    return header;
  }

  isToRepeat({ url }: AskedRequest, answer: Answer): boolean {
    const challenge = answer.statusCode === 401 ? strongestOf(challengesOf(answer)) : null;
    const isAnswerable = challenge !== null && (!this.#hasAnswered || (challenge.isStale && this.#stales < stalesMax));
    if (challenge === null || !isAnswerable) {
      this.#stales = 0;
      return false;
    }
    if (this.#hasAnswered) this.#stales += 1;
    this.#session = { origin: url.origin, challenge, cnonce: this.#makeCnonce(), count: 0 };
    return true;
  }

  refusalOf(answer: Answer): string {
    const challenge = strongestOf(challengesOf(answer));
    if (challenge === null) return this.#unanswerable(answer);
    if (challenge.isStale) return 'the target called each new nonce stale at once';
    return 'the target refused the credentials';
  }

  #unanswerable(answer: Answer): string {
    if (this.#hasAnswered) return 'the target refused the credentials';
    const schemes = schemesOf(answer);
    if (schemes.split(', ').includes('digest')) return 'the target asks for a kind of digest that is not known';
    return `the target does not ask for digest credentials${schemes === '' ? '' : ` but for ${schemes}`}`;
  }
}
