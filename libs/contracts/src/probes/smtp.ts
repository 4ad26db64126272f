/** The SMTP probe: a mail server's greeting, TLS, a login, and whether it would take a mail. It never sends one. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { certificateWarningDaysSchema, hostSchema, lookUpFields, portSchema, secretTextSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';
import {
  mapTlsSecrets,
  refuseUnusedMaterial,
  tlsMaterialAt,
  tlsMaterialFields,
  type TlsMaterial,
} from './tls-material.ts';

/** Printable ASCII, so that it cannot end the command that it goes into. */
const mailboxPattern = /^[!-;=?A-~]+@[!-;=?A-~]+$/;
const mailboxSchema = z.string().max(254).regex(mailboxPattern, 'must be an address such as probe@example.com');

const smtpAuthSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    /** `auto`: the first of PLAIN, LOGIN and CRAM-MD5 that the server offers. */
    type: z.enum(['auto', 'plain', 'login', 'cram-md5']),
    username: z.string().min(1).max(256),
    password: secretTextSchema,
  }),
]);

const smtpsPort = 465;

interface Settings extends TlsMaterial {
  port: number;
  startTls: 'require' | 'opportunistic' | 'never';
  tls: boolean;
  auth: z.infer<typeof smtpAuthSchema>;
}

/** A password goes over TLS only. */
function checkTls(settings: Settings, context: z.core.$RefinementCtx<Settings>): void {
  const { port, startTls, tls, auth } = settings;
  if (!tls && startTls === 'never') refuseUnusedMaterial(settings, context);
  if (port === smtpsPort && !tls) {
    context.addIssue({ code: 'custom', path: ['tls'], message: 'must be true on port 465, where TLS begins at once' });
  }
  if (auth.type === 'none' || tls || startTls === 'require') return;
  const message = 'must be "require" where there is a password, or tls be true: it would travel in the clear';
  context.addIssue({ code: 'custom', path: ['startTls'], message });
}

export const smtpProbeSchema = z
  .strictObject({
    host: hostSchema,
    port: portSchema.default(25),
    /** TLS from the first byte, as on port 465; `startTls` then means nothing. */
    tls: z.boolean().default(false),
    /** `opportunistic` goes on in the clear where the server does not offer it. */
    startTls: z.enum(['require', 'opportunistic', 'never']).default('require'),
    ...lookUpFields,
    verify: z.boolean().default(true),
    certificateWarningDays: certificateWarningDaysSchema,
    ...tlsMaterialFields,
    /** The name given in EHLO; null for the prober's address in brackets. */
    ehloName: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[\w.:[\]-]+$/, 'must be a host name, or an address in brackets')
      .nullable()
      .default(null),
    auth: smtpAuthSchema.default({ type: 'none' }),
    /** Whether the server would take a mail from here to there: asked, and taken back before anything is sent. */
    recipient: z
      .strictObject({
        /** Null for the empty sender of bounces. */
        from: mailboxSchema.nullable().default(null),
        to: mailboxSchema,
      })
      .nullable()
      .default(null),
  })
  .superRefine(checkTls);
export type SmtpProbe = z.infer<typeof smtpProbeSchema>;

function mapAuth(auth: SmtpProbe['auth'], map: SecretMapping): SmtpProbe['auth'] {
  return auth.type === 'none' ? auth : { ...auth, password: map(auth.password, '/smtp/auth/password') };
}

export const smtpProbeType = defineProbeType({
  settings: smtpProbeSchema,
  targetOf: ({ host, port, recipient }) => `${host}:${port}${recipient === null ? '' : ` for ${recipient.to}`}`,
  certificateWarningDaysOf: ({ tls, startTls, certificateWarningDays }) =>
    tls || startTls !== 'never' ? certificateWarningDays : 0,
  mapSecrets: (smtp, map) => ({ ...mapTlsSecrets(smtp, '/smtp', map), auth: mapAuth(smtp.auth, map) }),
  tlsMaterialOf: tlsMaterialAt('/smtp'),
});
