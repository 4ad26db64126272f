/** The HTTP probe: what is asked, and what the answer must be. */
import { z } from 'zod';
import { mapHeaderSecrets } from '../secrets.ts';
import { certificateWarningDaysSchema, lookUpFields, patternSchema } from './fields.ts';
import { httpAuthSchema, mapAuthSecrets } from './http-auth.ts';
import { jsonExpectationSchema } from './json-expectation.ts';
import { defineProbeType, patternsIn } from './probe-type.ts';
import { looksUpItself, mapProxySecrets, proxySchema } from './proxy.ts';
import { mapTlsSecrets, tlsMaterialFields } from './tls-material.ts';

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

export const headerNameSchema = z.string().min(1).max(128).regex(tokenPattern, 'must be a header name (RFC 9110)');
export const headerValueSchema = z
  .string()
  .max(8_192)
  .regex(headerValuePattern, 'must not hold line breaks or control characters');

/** Headers that the exchange itself needs to set. */
const ownHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'upgrade', 'keep-alive', 'te']);

export const headersSchema = z
  .record(headerNameSchema, headerValueSchema)
  .refine((headers) => Object.keys(headers).length <= 50, 'takes at most 50 headers')
  .refine(
    (headers) => Object.keys(headers).every((name) => !ownHeaders.has(name.toLowerCase())),
    'must not set connection, content-length, transfer-encoding, upgrade, keep-alive or te: the prober does',
  );

function isProbeUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === ''
  );
}

const urlRule = 'must be an absolute http or https URL without user name or password (use auth for those)';

export const httpUrlSchema = z.string().max(2_048).refine(isProbeUrl, urlRule);

const statusRangeSchema = z
  .string()
  .regex(/^[1-5][0-9]{2}(-[1-5][0-9]{2})?$/, 'must be a status such as "204" or a range such as "200-299"');

const bodyExpectationSchema = z.union([
  z.strictObject({ contains: z.string().min(1).max(1_024) }),
  z.strictObject({ notContains: z.string().min(1).max(1_024) }),
  z.strictObject({ matches: patternSchema }),
  z.strictObject({ notMatches: patternSchema }),
]);
const headerExpectationSchema = z.union([
  z.strictObject({ name: headerNameSchema, equals: headerValueSchema }),
  z.strictObject({ name: headerNameSchema, contains: headerValueSchema }),
  z.strictObject({ name: headerNameSchema, matches: patternSchema }),
  z.strictObject({ name: headerNameSchema, notContains: headerValueSchema }),
  z.strictObject({ name: headerNameSchema, notMatches: patternSchema }),
  z.strictObject({ name: headerNameSchema, exists: z.boolean() }),
]);
export type BodyExpectation = z.infer<typeof bodyExpectationSchema>;
export type HeaderExpectation = z.infer<typeof headerExpectationSchema>;

const httpExpectSchema = z.strictObject({
  status: z.array(statusRangeSchema).min(1).max(20).default(['200-299']),
  body: z.array(bodyExpectationSchema).max(20).default([]),
  json: z.array(jsonExpectationSchema).max(20).default([]),
  headers: z.array(headerExpectationSchema).max(20).default([]),
  /** Slower answers are down with reason `slow`. */
  maxResponseMs: z.int().min(1).max(60_000).nullable().default(null),
});

/** As people write it: what has no scheme is http. */
const targetUrlSchema = z
  .string()
  .max(2_048)
  .overwrite((text) => (text.includes('://') ? text : `http://${text}`))
  .refine(isProbeUrl, urlRule);

const httpFieldsSchema = z.strictObject({
  url: targetUrlSchema,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: headersSchema.default({}),
  body: z.string().max(65_536).nullable().default(null),
  auth: httpAuthSchema.default({ type: 'none' }),
  followRedirects: z.boolean().default(true),
  maxRedirects: z.int().min(1).max(20).default(10),
  /** Whether a redirect to plain http is down instead of followed. */
  httpsOnly: z.boolean().default(false),
  ...lookUpFields,
  proxy: proxySchema.nullable().default(null),
  connection: z.enum(['fresh', 'reuse']).default('fresh'),
  /** What every hop must speak; `2` is agreed on in the TLS handshake. */
  httpVersion: z.enum(['1.1', '2']).default('1.1'),
  tls: z
    .strictObject({
      verify: z.boolean().default(true),
      certificateWarningDays: certificateWarningDaysSchema,
      ...tlsMaterialFields,
    })
    .prefault({}),
  expect: httpExpectSchema.prefault({}),
});

/** What would be there without doing anything, or could not be done. */
const isPlain = ({ url }: { url: string }): boolean => URL.parse(url)?.protocol === 'http:';

const contradictions: readonly {
  readonly field: keyof z.infer<typeof httpFieldsSchema>;
  readonly message: string;
  readonly isIn: (http: z.infer<typeof httpFieldsSchema>) => boolean;
}[] = [
  {
    field: 'ipFamily',
    message: 'must be auto where a proxy looks the name up: a socks5 proxy leaves that to the prober',
    isIn: ({ proxy, ipFamily }) => proxy !== null && looksUpItself(proxy) && ipFamily !== 'auto',
  },
  {
    field: 'resolver',
    message: 'must be null where a proxy looks the name up: a socks5 proxy leaves that to the prober',
    isIn: ({ proxy, resolver }) => proxy !== null && looksUpItself(proxy) && resolver !== null,
  },
  {
    field: 'httpVersion',
    message: 'must be 1.1 for an http URL: HTTP/2 is agreed on in the TLS handshake',
    isIn: (http) => http.httpVersion === '2' && isPlain(http),
  },
  {
    field: 'connection',
    message: 'must be fresh with HTTP/2, for which each check opens a connection',
    isIn: ({ httpVersion, connection }) => httpVersion === '2' && connection === 'reuse',
  },
  {
    field: 'httpsOnly',
    message: 'must be false for an http URL',
    isIn: (http) => http.httpsOnly && isPlain(http),
  },
];

export const httpProbeSchema = httpFieldsSchema.superRefine((http, context) => {
  for (const { field, message, isIn } of contradictions) {
    if (isIn(http)) context.addIssue({ code: 'custom', path: [field], message });
  }
});
export type HttpProbe = z.infer<typeof httpProbeSchema>;

export const httpProbeType = defineProbeType({
  settings: httpProbeSchema,
  targetOf: ({ url }) => url,
  mapSecrets: (http, map) => ({
    ...http,
    auth: mapAuthSecrets(http.auth, '/http/auth', map),
    proxy: http.proxy === null ? null : mapProxySecrets(http.proxy, '/http/proxy', map),
    headers: mapHeaderSecrets(http.headers, '/http/headers', map),
    tls: mapTlsSecrets(http.tls, '/http/tls', map),
  }),
  certificateWarningDaysOf: ({ tls }) => tls.certificateWarningDays,
  tlsMaterialOf: ({ tls }) => ({ ...tls, pointer: '/http/tls' }),
  patternsOf: ({ expect: { body, headers, json } }) => [
    ...patternsIn(body, 'matches', '/http/expect/body'),
    ...patternsIn(body, 'notMatches', '/http/expect/body'),
    ...patternsIn(headers, 'matches', '/http/expect/headers'),
    ...patternsIn(headers, 'notMatches', '/http/expect/headers'),
    ...patternsIn(json, 'matches', '/http/expect/json'),
    ...patternsIn(json, 'notMatches', '/http/expect/json'),
  ],
});
