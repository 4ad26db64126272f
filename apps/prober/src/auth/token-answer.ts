/** What a token endpoint's answer grants (RFC 6749, section 5). Pure. Of its body only an error's name is shown. */
import { z } from 'zod';
import { Failure } from '../attempt/failure.ts';

export interface TokenGrant {
  readonly accessToken: string;
  /** Null where the answer does not say. */
  readonly expiresInSeconds: number | null;
}

interface TokenAnswer {
  readonly statusCode: number;
  readonly text: string;
}

/** As RFC 6750 writes a token, and any other character that a header takes; no header carries more. */
const grantSchema = z.object({
  access_token: z
    .string()
    .max(16_384)
    .regex(/^[\x21-\x7e]+$/),
  token_type: z.string(),
  // Some servers write it as a string; nonsense counts as not said.
  expires_in: z.coerce.number().min(0).nullish().catch(null),
});

const errorSchema = z.object({
  error: z
    .string()
    .max(64)
    .regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON grants nothing, which the schema finds.
    return null;
  }
}

function refusal(who: string, { statusCode, text }: TokenAnswer): Failure {
  if (statusCode >= 300 && statusCode < 400) {
    return new Failure('auth.token', `${who} redirected (${statusCode}): a client's secret does not follow`);
  }
  const told = errorSchema.safeParse(parse(text));
  const why = told.success ? `: ${told.data.error}` : '';
  return new Failure('auth.token', `${who} answered ${statusCode} instead of granting a token${why}`);
}

/** `who` names the token endpoint in sentences. */
export function judgeTokenAnswer(who: string, answer: TokenAnswer): TokenGrant | Failure {
  if (answer.statusCode !== 200) return refusal(who, answer);
  const grant = grantSchema.safeParse(parse(answer.text));
  if (!grant.success) return new Failure('auth.token', `${who} answered 200, but with nothing that is an access token`);
  const { access_token: accessToken, token_type: type, expires_in: expiresInSeconds = null } = grant.data;
  if (type.toLowerCase() !== 'bearer') {
    return new Failure('auth.token', `${who} granted a token that is no bearer token`);
  }
  return { accessToken, expiresInSeconds };
}
