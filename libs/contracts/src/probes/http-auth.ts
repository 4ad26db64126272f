/** How an HTTP probe proves who asks: what it sends, and to whom it may be sent is the prober's business. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { secretTextSchema } from './fields.ts';

const controlCharacters = /\p{Cc}/u;
const headerTextPattern = /^[\x20-\x7e\x80-\xff]+$/;
/** RFC 6749: printable ASCII, and for a scope words apart by one space. */
const clientIdPattern = /^[\x20-\x7e]+$/;
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

const usernameSchema = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => !controlCharacters.test(name), 'must not hold control characters');

function isTokenUrl(text: string): boolean {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  return url !== null && isHttp && url.username === '' && url.password === '' && url.hash === '';
}

/** RFC 6749, section 4.4: the monitor is a client in its own right. */
const oauth2Schema = z.strictObject({
  type: z.literal('oauth2'),
  tokenUrl: z
    .string()
    .max(2_048)
    .refine(isTokenUrl, 'must be an absolute http or https URL without user name, password or fragment'),
  clientId: z.string().max(512).regex(clientIdPattern, 'must be printable ASCII'),
  clientSecret: secretTextSchema,
  /** Where the token endpoint looks for the secret: in the Authorization header, or in the form. */
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  scope: z
    .string()
    .max(1_024)
    .regex(scopePattern, 'must be scopes with one space between them')
    .nullable()
    .default(null),
  /** Not of the RFC, but asked for by many: whom the token is for. */
  audience: z.string().min(1).max(1_024).nullable().default(null),
});
export type OAuth2 = z.infer<typeof oauth2Schema>;

export const httpAuthSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('basic'),
    username: usernameSchema.refine((name) => !name.includes(':'), 'must not hold a colon (RFC 7617)'),
    password: secretTextSchema,
  }),
  /** RFC 7616, and what came before it. */
  z.strictObject({ type: z.literal('digest'), username: usernameSchema, password: secretTextSchema }),
  z.strictObject({
    type: z.literal('bearer'),
    token: secretTextSchema.regex(headerTextPattern, 'must not hold line breaks or control characters'),
  }),
  oauth2Schema,
]);
export type HttpAuth = z.infer<typeof httpAuthSchema>;

/** A copy of `auth`, which stands at `pointer`, with its secret mapped. */
export function mapAuthSecrets(auth: HttpAuth, pointer: string, map: SecretMapping): HttpAuth {
  switch (auth.type) {
    case 'none':
      return auth;
    case 'basic':
    case 'digest':
      return { ...auth, password: map(auth.password, `${pointer}/password`) };
    case 'bearer':
      return { ...auth, token: map(auth.token, `${pointer}/token`) };
    case 'oauth2':
      return { ...auth, clientSecret: map(auth.clientSecret, `${pointer}/clientSecret`) };
    default:
      return auth satisfies never;
  }
}
