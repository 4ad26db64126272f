/** An access token as credentials: one that is kept, or a new one; and once a new one where the kept one is refused. */
import { createHash } from 'node:crypto';
import type { OAuth2 } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Answer } from '../exchange/response-reader.ts';
import type { AccessTokens } from './access-tokens.ts';
import { basicCredentials } from './fixed-credentials.ts';
import type { AskedRequest, Credentials } from './credentials.ts';
import type { TokenGrant } from './token-answer.ts';
import { clientPair, requestToken, type TokenCallSurroundings } from './token-endpoint.ts';

export interface OAuth2Surroundings extends TokenCallSurroundings {
  readonly tokens: AccessTokens;
  readonly monitorKey: string;
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
    this.#key = `${surroundings.monitorKey} ${settings}`;
    const { clientSecret } = client;
    this.#secrets = [clientSecret, basicCredentials(...clientPair(client))];
  }

  get secrets(): readonly string[] {
    return this.#secrets;
  }

  async authorize(attempt: Attempt): Promise<string | Failure> {
    const { tokens } = this.#surroundings;
    const kept = this.#token?.text ?? tokens.get(this.#key);
    if (kept !== null) return this.#show(kept, this.#token?.isKept ?? true);
    const grant = await attempt.wait<TokenGrant | Failure>('auth', (done) => {
      const giveUp = new AbortController();
      void requestToken(this.#client, this.#surroundings, giveUp.signal).then(done);
      return () => giveUp.abort();
    });
    if (grant instanceof Failure) return grant;
    tokens.keep(this.#key, grant);
    return this.#show(grant.accessToken, false);
  }

  /** A token that has served before may have been withdrawn since; one that was just granted may not. */
  isToRepeat(_request: AskedRequest, { statusCode }: Answer): boolean {
    const isToRepeat = statusCode === 401 && this.#token?.isKept === true;
    if (statusCode !== 401) return false;
    this.#surroundings.tokens.drop(this.#key);
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
