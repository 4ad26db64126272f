/** An access token as credentials: one that is kept, or a new one; and once a new one where the kept one is refused. */
import { createHash } from 'node:crypto';
import type { OAuth2 } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Answer } from '../exchange/response-reader.ts';
import type { AccessTokens } from './access-tokens.ts';
import { basicCredentials } from './fixed-credentials.ts';
import type { AskedRequest, Credentials } from './credentials.ts';
import type { TokenGrant } from './token-answer.ts';
import { clientPair, requestToken, type TokenCallSurroundings } from './token-endpoint.ts';

/** By so much a call for a token may outlast the attempt that it is made for, which gives it up before. */
const leewayMs = 100;

export interface OAuth2Surroundings extends TokenCallSurroundings {
  readonly context: TokenCallSurroundings['context'] & {
    readonly tokens: AccessTokens;
    readonly monitorKey: string;
  };
}

export class OAuth2Credentials implements Credentials {
  readonly expectChallenge = false;
  readonly #client: OAuth2;
  readonly #surroundings: OAuth2Surroundings;
  readonly #key: string;
  readonly #secrets: string[];
  #token: { readonly text: string; readonly isKept: boolean } | null = null;

  constructor(client: OAuth2, surroundings: OAuth2Surroundings) {
    this.#client = client;
    this.#surroundings = surroundings;
    // With other settings another token is due.
    const settings = createHash('sha256').update(JSON.stringify(client)).digest('base64url');
    this.#key = `${surroundings.context.monitorKey} ${settings}`;
    const { clientSecret } = client;
    this.#secrets = [clientSecret, basicCredentials(...clientPair(client))];
  }

  get secrets(): readonly string[] {
    return this.#secrets;
  }

  async authorize(attempt: Attempt): Promise<string | Failure> {
    const { tokens } = this.#surroundings.context;
    const kept = this.#token?.text ?? tokens.get(this.#key);
    if (kept !== null) return this.#show(kept, this.#token?.isKept ?? true);
    const grant = await attempt.wait<TokenGrant | Failure>('auth', (done) => {
      const giveUp = new AbortController();
      void this.#request(attempt, giveUp.signal).then(done);
      return () => giveUp.abort();
    });
    if (grant instanceof Failure) return grant;
    tokens.keep(this.#key, grant);
    return this.#show(grant.accessToken, false);
  }

  /** It is the attempt around it that ends a call in time. */
  async #request({ startedAt, remainingMs }: Attempt, signal: AbortSignal): Promise<TokenGrant | Failure> {
    const call = new Attempt({ startedAt, timeoutMs: remainingMs + leewayMs, signal });
    const grant = await requestToken(this.#client, this.#surroundings, call);
    call.finish();
    return grant;
  }

  /** A token that has served before may have been withdrawn since; one that was just granted may not. */
  isToRepeat(_request: AskedRequest, { statusCode }: Answer): boolean {
    const isToRepeat = statusCode === 401 && this.#token?.isKept === true;
    if (statusCode !== 401) return false;
    this.#surroundings.context.tokens.drop(this.#key);
    if (isToRepeat) this.#token = null;
    return isToRepeat;
  }

  refusalOf(): string {
    return 'the target refused an access token that the token endpoint had just granted';
  }

  #show(token: string, isKept: boolean): string {
    this.#token = { text: token, isKept };
    this.#secrets.push(token);
    return `Bearer ${token}`;
  }
}
