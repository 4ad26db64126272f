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

interface LogIn {
  readonly password: string | null;
}

interface SqlTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string | null;
}

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

/** And of its secrets, where a password is among its settings. */
export function serviceType(pointer: string) {
  return {
    ...serviceTlsType(pointer),
    mapSecrets: <Settings extends TlsMaterial & LogIn>(settings: Settings, map: SecretMapping): Settings =>
      mapTlsSecrets(mapPassword(settings, pointer, map), pointer, map),
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
const querySchema = z.strictObject({
  sql: wireSecretSchema,
  equals: z.string().max(1_024).nullable().default(null),
});
export type Query = z.infer<typeof querySchema>;

/** Of a database that speaks SQL. */
export const sqlFields = {
  ...endpointFields,
  /** Null: none with MySQL, and with PostgreSQL the one that is named like the user. */
  database: wireNameSchema.nullable().default(null),
  username: wireNameSchema,
  password: wireSecretSchema.nullable().default(null),
  query: querySchema.nullable().default(null),
};

/** A database that speaks SQL, in one line for people. */
export function sqlTarget(scheme: string, { host, port, database }: SqlTarget): string {
  return `${scheme}://${host}:${port}${database === null ? '' : `/${database}`}`;
}

/** A copy with the password mapped; `pointer` is where the settings stand in the monitor. */
export function mapPassword<Settings extends LogIn>(settings: Settings, pointer: string, map: SecretMapping): Settings {
  return settings.password === null
    ? settings
    : { ...settings, password: map(settings.password, `${pointer}/password`) };
}
