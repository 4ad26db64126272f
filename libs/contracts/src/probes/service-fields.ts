/** What the settings of databases and brokers have in common. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { certificateWarningDaysSchema, hostSchema, portSchema } from './fields.ts';
import {
  mapTlsSecrets,
  refuseUnusedMaterial,
  tlsMaterialAt,
  tlsMaterialFields,
  type TlsMaterial,
} from './tls-material.ts';

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
  ...tlsMaterialFields,
};

export const endpointFields = { host: hostSchema, port: portSchema, ...serviceTlsFields };

interface ServiceTls extends TlsMaterial {
  readonly tls: TlsMode;
  readonly certificateWarningDays: number;
}

/** What every type with these fields says of its certificates; `pointer` is where they stand in the monitor. */
export function serviceTlsType(pointer: string) {
  return {
    certificateWarningDaysOf: ({ tls, certificateWarningDays }: ServiceTls) =>
      tls === 'disable' ? 0 : certificateWarningDays,
    tlsMaterialOf: tlsMaterialAt(pointer),
  };
}

export function checkServiceTls(settings: ServiceTls, context: z.core.$RefinementCtx<ServiceTls>): void {
  const { tls, ca } = settings;
  if (tls === 'disable') refuseUnusedMaterial(settings, context);
  if (tls !== 'require' || ca === null) return;
  const message = 'must be null unless tls is "verify": "require" takes any certificate';
  context.addIssue({ code: 'custom', path: ['ca'], message });
}

/** A statement, and what the first column of its first row must be, as text; null takes any answer. */
export const querySchema = z.strictObject({
  sql: wireSecretSchema,
  equals: z.string().max(1_024).nullable().default(null),
});
export type Query = z.infer<typeof querySchema>;

/** A copy with password and client certificate mapped; `pointer` is where the settings stand in the monitor. */
export function mapServiceSecrets<Settings extends TlsMaterial & { readonly password: string | null }>(
  settings: Settings,
  pointer: string,
  map: SecretMapping,
): Settings {
  return mapTlsSecrets(mapPassword(settings, pointer, map), pointer, map);
}

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
