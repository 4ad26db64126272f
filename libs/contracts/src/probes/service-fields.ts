/** What the settings of databases and brokers have in common. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { certificateWarningDaysSchema, hostSchema, portSchema } from './fields.ts';

/** `require` encrypts whatever the certificate is; `verify` also wants one that is for this host and trusted. */
const tlsModeSchema = z.enum(['disable', 'require', 'verify']);
export type TlsMode = z.infer<typeof tlsModeSchema>;

/** In most of these protocols a zero byte ends a text. */
export const wireText = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .refine((text) => !text.includes('\0'), 'must not hold a zero character');

export const wireNameSchema = wireText(255);
export const wireSecretSchema = wireText(4_096);

export const serviceTlsFields = {
  tls: tlsModeSchema.default('disable'),
  certificateWarningDays: certificateWarningDaysSchema,
};

export const endpointFields = { host: hostSchema, port: portSchema, ...serviceTlsFields };

interface ServiceTls {
  readonly tls: TlsMode;
  readonly certificateWarningDays: number;
}

/** What every type with these fields says of its certificates. */
export const serviceTlsType = {
  certificateWarningDaysOf: ({ tls, certificateWarningDays }: ServiceTls) =>
    tls === 'disable' ? 0 : certificateWarningDays,
};

/** A statement, and what the first column of its first row must be, as text; null takes any answer. */
export const querySchema = z.strictObject({
  sql: wireSecretSchema,
  equals: z.string().max(1_024).nullable().default(null),
});
export type Query = z.infer<typeof querySchema>;

/** A copy with the password mapped; `pointer` is where the settings stand in the monitor. */
export function mapPassword<Settings extends { readonly password: string | null }>(
  settings: Settings,
  pointer: string,
  map: SecretMapping,
): Settings {
  return settings.password === null
    ? settings
    : { ...settings, password: map(settings.password, `${pointer}/password`) };
}
