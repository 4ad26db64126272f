/** The DNS probe: a question to a name server, and what its reply must be. */
import { z } from 'zod';
import { certificateWarningDaysSchema, patternSchema, portSchema } from './fields.ts';
import { defineProbeType, patternsIn } from './probe-type.ts';
import { mapTlsSecrets, refuseUnusedMaterial, tlsMaterialAt, tlsMaterialFields } from './tls-material.ts';

const nameSchema = z
  .string()
  .min(1)
  .max(254)
  .regex(/^(\.|([\w*/-]{1,63}\.)*[\w*/-]{1,63}\.?)$/, 'must be a domain name in ASCII (IDNA names as xn--…)');

/** `host`, `host:port` or `[IPv6]:port`. */
const resolverPattern = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?$/;

function hasUsablePort(resolver: string): boolean {
  const port = /:([0-9]+)$/.exec(resolver)?.[1];
  return port === undefined || portSchema.safeParse(Number(port)).success;
}

const resolverSchema = z
  .string()
  .max(270)
  .regex(resolverPattern, 'must be a host name or an address, with a port if it is not the usual one: 9.9.9.9:53')
  .refine(hasUsablePort, 'must have a port from 1 to 65535');

const answerExpectationSchema = z.union([
  /** At least one record matches the pattern (RE2 syntax). */
  z.strictObject({ matches: patternSchema }),
  z.strictObject({ notMatches: patternSchema }),
]);

const dnsFieldsSchema = z.strictObject({
  name: nameSchema,
  recordType: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'TXT', 'SOA', 'SRV', 'CAA']),
  /** `CH` is what name servers tell of themselves: `version.bind`, `TXT`. */
  class: z.enum(['IN', 'CH']).default('IN'),
  /** Null: the prober machine's own, one after the other. */
  resolver: resolverSchema.nullable().default(null),
  /** `udp` goes on over TCP when the reply says that it was cut; `tls` is DNS over TLS (RFC 7858). */
  protocol: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  /** Of the name server itself, with `tls`. */
  certificateWarningDays: certificateWarningDaysSchema,
  ...tlsMaterialFields,
  /** Whether the server is asked to ask others. */
  recursion: z.boolean().default(true),
  /** Asks for DNSSEC data, and takes no answer that the resolver has not validated (the AD bit, RFC 4035). */
  dnssec: z.boolean().default(false),
  expect: z
    .strictObject({
      rcodes: z
        .array(z.enum(['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'NOTAUTH']))
        .min(1)
        .max(7)
        .default(['NOERROR']),
      /** Which part of the reply is looked at: of the answer the records of `recordType`, of the others all. */
      section: z.enum(['answer', 'authority', 'additional']).default('answer'),
      /** As `dig +short` writes them; names in any case, in any order. */
      values: z.array(z.string().min(1).max(1_024)).max(50).default([]),
      /** Of `values`: one is there, all are, all are and nothing else, none is. */
      match: z.enum(['any', 'all', 'exact', 'none']).default('any'),
      records: z.array(answerExpectationSchema).max(20).default([]),
      /** Whether the answer must come from a server of the zone itself; null asks for neither. */
      authoritative: z.boolean().nullable().default(null),
    })
    .prefault({}),
});

export const dnsProbeSchema = dnsFieldsSchema.superRefine((dns, context) => {
  if (dns.protocol !== 'tls') refuseUnusedMaterial(dns, context);
});
export type DnsProbe = z.infer<typeof dnsProbeSchema>;

export const dnsProbeType = defineProbeType({
  settings: dnsProbeSchema,
  targetOf: ({ name, recordType, resolver }) => `${name} ${recordType}${resolver === null ? '' : ` at ${resolver}`}`,
  certificateWarningDaysOf: ({ protocol, certificateWarningDays }) => (protocol === 'tls' ? certificateWarningDays : 0),
  mapSecrets: (dns, map) => mapTlsSecrets(dns, '/dns', map),
  tlsMaterialOf: tlsMaterialAt('/dns'),
  patternsOf: ({ expect: { records } }) => [
    ...patternsIn(records, 'matches', '/dns/expect/records'),
    ...patternsIn(records, 'notMatches', '/dns/expect/records'),
  ],
});
