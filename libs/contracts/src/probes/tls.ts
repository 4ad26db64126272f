/** The TLS probe: a handshake, at once or after the words by which a protocol begins it, and what it must show. */
import { z } from 'zod';
import { certificateWarningDaysSchema, hostSchema, lookUpFields, portSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';
import { mapTlsSecrets, tlsMaterialAt, tlsMaterialFields } from './tls-material.ts';

const tlsPort = 443;

/** The protocols that begin in the clear, and where they do. */
const startTlsPorts = {
  smtp: '25 or 587',
  imap: '143',
  pop3: '110',
  ftp: '21',
  postgresql: '5432',
  mysql: '3306',
  ldap: '389',
} as const;
export type StartTlsProtocol = keyof typeof startTlsPorts;
const startTlsProtocols = Object.keys(startTlsPorts) as StartTlsProtocol[];

interface Begun {
  port: number;
  startTls: StartTlsProtocol | null;
}

/** Whoever forgets the port means that of the protocol. */
function checkPort({ port, startTls }: Begun, context: z.core.$RefinementCtx<Begun>): void {
  if (startTls === null || port !== tlsPort) return;
  const message = `must be where ${startTls} is spoken before TLS begins, usually ${startTlsPorts[startTls]}`;
  context.addIssue({ code: 'custom', path: ['port'], message });
}

export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export const tlsProbeSchema = z
  .strictObject({
    host: hostSchema,
    port: portSchema.default(tlsPort),
    /** The name that is asked for (SNI) and that the certificate must be for; null for `host`. */
    serverName: hostSchema.nullable().default(null),
    /** The protocol in whose words TLS is asked for; null where it begins at once. */
    startTls: z.enum(startTlsProtocols).nullable().default(null),
    ...lookUpFields,
    /** Without it any certificate will do; its facts are told all the same. */
    verify: z.boolean().default(true),
    certificateWarningDays: certificateWarningDaysSchema,
    ...tlsMaterialFields,
    /** The oldest version that the target may choose. Below `TLSv1.2` the prober offers what is no longer safe. */
    minVersion: z.enum(tlsVersions).default('TLSv1.2'),
  })
  .superRefine(checkPort);
export type TlsProbe = z.infer<typeof tlsProbeSchema>;

export const tlsProbeType = defineProbeType({
  settings: tlsProbeSchema,
  targetOf: ({ host, port, serverName, startTls }) =>
    `${host}:${port}${serverName === null ? '' : ` for ${serverName}`}${startTls === null ? '' : ` over ${startTls}`}`,
  certificateWarningDaysOf: ({ certificateWarningDays }) => certificateWarningDays,
  mapSecrets: (tls, map) => mapTlsSecrets(tls, '/tls', map),
  tlsMaterialOf: tlsMaterialAt('/tls'),
});
