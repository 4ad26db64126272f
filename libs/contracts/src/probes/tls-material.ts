/** Certificates that a monitor brings along: whom to trust, and what to show. The API checks that they can be used. */
import { z } from 'zod';
import type { SecretMapping } from '../secrets.ts';
import { secretTextSchema } from './fields.ts';

const begin = '-----BEGIN CERTIFICATE-----';

const certificatesSchema = z
  .string()
  .max(32_768)
  .refine((text) => text.includes(begin), `must be certificates in PEM ("${begin} …")`);

/** What a private key may have, sealed: the largest in use have a quarter of it in the clear. */
const privateKeyCharactersMax = 16_384;

const clientCertificateSchema = z.strictObject({
  /** The certificate, then those that lead from it to the root. */
  certificate: certificatesSchema,
  /** Its private key in PEM. */
  key: z.string().min(1).max(privateKeyCharactersMax),
  /** What an encrypted key is opened by. */
  passphrase: secretTextSchema.nullable().default(null),
});
export type ClientCertificate = z.infer<typeof clientCertificateSchema>;

export const tlsMaterialFields = {
  /** Authorities to trust beside the usual ones. */
  ca: certificatesSchema.nullable().default(null),
  /** Shown to the origin of the monitor's target where it asks for one. */
  clientCertificate: clientCertificateSchema.nullable().default(null),
};

export interface TlsMaterial {
  readonly ca: string | null;
  readonly clientCertificate: ClientCertificate | null;
}

/** A monitor's certificates, and where they stand in it (a JSON pointer). */
export interface TlsMaterialField extends TlsMaterial {
  readonly pointer: string;
}

/** For a type whose certificates stand beside its other settings, at `pointer`. */
export const tlsMaterialAt =
  (pointer: string) =>
  ({ ca, clientCertificate }: TlsMaterial): TlsMaterialField => ({ ca, clientCertificate, pointer });

type Issues = Pick<z.core.$RefinementCtx, 'addIssue'>;

/** Certificates would do nothing where TLS is not spoken. */
export function refuseUnusedMaterial(tls: TlsMaterial, context: Issues, path: readonly string[] = []): void {
  for (const field of ['ca', 'clientCertificate'] as const) {
    if (tls[field] === null) continue;
    context.addIssue({ code: 'custom', path: [...path, field], message: 'must be null where TLS is not spoken' });
  }
}

/** A copy of `tls`, which stands at `pointer`, with each secret mapped. */
export function mapTlsSecrets<Tls extends TlsMaterial>(tls: Tls, pointer: string, map: SecretMapping): Tls {
  if (tls.clientCertificate === null) return tls;
  const { key, passphrase } = tls.clientCertificate;
  const at = `${pointer}/clientCertificate`;
  const clientCertificate = {
    ...tls.clientCertificate,
    key: map(key, `${at}/key`, privateKeyCharactersMax),
    passphrase: passphrase === null ? null : map(passphrase, `${at}/passphrase`),
  };
  return { ...tls, clientCertificate };
}
