/** The WebSocket probe: an opening handshake, and what is said after it (RFC 6455). */
import { z } from 'zod';
import { mapHeaderSecrets } from '../secrets.ts';
import { certificateWarningDaysSchema, patternSchema } from './fields.ts';
import { headerNameSchema, headersSchema } from './http.ts';
import { defineProbeType } from './probe-type.ts';
import { mapTlsSecrets, refuseUnusedMaterial, tlsMaterialFields } from './tls-material.ts';

function isWebSocketUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) return false;
  return url.username === '' && url.password === '' && !text.includes('#');
}

const isSecure = (url: string): boolean => URL.parse(url)?.protocol === 'wss:';

const websocketFieldsSchema = z.strictObject({
  url: z
    .string()
    .max(2_048)
    .refine(isWebSocketUrl, 'must be an absolute ws or wss URL without user name, password and fragment'),
  headers: headersSchema
    .refine(
      (headers) => !Object.keys(headers).some((name) => /^sec-websocket-/i.test(name)),
      'must not set sec-websocket-*: the prober does (subprotocol has a setting of its own)',
    )
    .default({}),
  /** Offered, and must be taken; null offers none. */
  subprotocol: headerNameSchema.nullable().default(null),
  /** A text message for after the handshake. */
  send: z.string().min(1).max(65_536).nullable().default(null),
  /** A pattern (RE2 syntax) that a message must match. */
  expect: patternSchema.nullable().default(null),
  /** Whether a pong is awaited where no message is expected: the handshake alone may be a proxy's. */
  ping: z.boolean().default(true),
  ipFamily: z.enum(['auto', '4', '6']).default('auto'),
  tls: z
    .strictObject({
      verify: z.boolean().default(true),
      certificateWarningDays: certificateWarningDaysSchema,
      ...tlsMaterialFields,
    })
    .prefault({}),
});
export const websocketProbeSchema = websocketFieldsSchema.superRefine(({ url, tls }, context) => {
  if (!isSecure(url)) refuseUnusedMaterial(tls, context, ['tls']);
});
export type WebsocketProbe = z.infer<typeof websocketProbeSchema>;

export const websocketProbeType = defineProbeType({
  settings: websocketProbeSchema,
  targetOf: ({ url }) => url,
  mapSecrets: (websocket, map) => ({
    ...websocket,
    headers: mapHeaderSecrets(websocket.headers, '/websocket/headers', map),
    tls: mapTlsSecrets(websocket.tls, '/websocket/tls', map),
  }),
  certificateWarningDaysOf: ({ url, tls }) => (isSecure(url) ? tls.certificateWarningDays : 0),
  tlsMaterialOf: ({ tls }) => ({ ...tls, pointer: '/websocket/tls' }),
  patternsOf: ({ expect }) => (expect === null ? [] : [{ pointer: '/websocket/expect', pattern: expect }]),
});
