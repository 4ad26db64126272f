/** Credentials that are the same for each request: none, basic (RFC 7617), bearer (RFC 6750). */
import type { HttpAuth } from '@quorate/contracts';
import type { Answer } from '../exchange/response-reader.ts';
import { challengesOf } from './challenge.ts';
import type { Credentials } from './credentials.ts';

class NoCredentials implements Credentials {
  readonly expectChallenge = false;
  readonly secrets: readonly string[] = [];

  authorize(): null {
    return null;
  }

  isToRepeat(): false {
    return false;
  }

  refusalOf(answer: Answer): string {
    const schemes = schemesOf(answer);
    return `the target asks for credentials${schemes === '' ? '' : ` (${schemes})`}, and the monitor has none`;
  }
}

export const noCredentials: Credentials = new NoCredentials();

/** What a 401 offers to be proven by, for people. */
export function schemesOf(answer: Answer): string {
  return [...new Set(challengesOf(answer).map(({ scheme }) => scheme))].slice(0, schemesNamedMax).join(', ');
}

const schemesNamedMax = 5;

type FixedAuth = Extract<HttpAuth, { type: 'basic' | 'bearer' }>;

export function basicCredentials(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}

export class FixedCredentials implements Credentials {
  readonly expectChallenge = false;
  readonly secrets: readonly string[];
  readonly #header: string;

  constructor(auth: FixedAuth) {
    const value = auth.type === 'basic' ? basicCredentials(auth.username, auth.password) : auth.token;
    this.#header = `${auth.type === 'basic' ? 'Basic' : 'Bearer'} ${value}`;
    this.secrets = auth.type === 'basic' ? [auth.password, value] : [value];
  }

  authorize(): string {
    return this.#header;
  }

  isToRepeat(): false {
    return false;
  }

  refusalOf(): string {
    return 'the target refused the credentials';
  }
}
