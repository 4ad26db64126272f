/** The gRPC probe: a call to the standard health service (grpc.health.v1.Health/Check). */
import { z } from 'zod';
import { mapHeaderSecrets } from '../secrets.ts';
import { certificateWarningDaysSchema, hostSchema, portSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';
import { mapTlsSecrets, refuseUnusedMaterial, tlsMaterialAt, tlsMaterialFields } from './tls-material.ts';

/** Names that the call itself needs to set, or that the protocol keeps for itself. */
const ownName = /^(grpc-.*|te|content-type|user-agent|connection|host|keep-alive|transfer-encoding|upgrade)$/;

const metadataNameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[0-9a-z_.-]+$/, 'must be a metadata name: lower-case letters, digits, "_", "-" and "."');

/** A `-bin` value is written as base64, as it goes over the wire. */
const metadataSchema = z
  .record(
    metadataNameSchema,
    z
      .string()
      .max(8_192)
      .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, 'takes at most 50 entries')
  .refine(
    (metadata) => !Object.keys(metadata).some((name) => ownName.test(name)),
    'must not set grpc-*, te, content-type, user-agent, host or what belongs to the connection: the prober does',
  );

const grpcFieldsSchema = z.strictObject({
  host: hostSchema,
  port: portSchema.default(50_051),
  /** As the server registers it; empty for the server as a whole. */
  service: z.string().max(512).default(''),
  tls: z.boolean().default(false),
  /** The name in SNI, in the certificate and in `:authority`; null for `host`. */
  serverName: hostSchema.nullable().default(null),
  /** Whether the certificate must be good. */
  verify: z.boolean().default(true),
  certificateWarningDays: certificateWarningDaysSchema,
  ...tlsMaterialFields,
  metadata: metadataSchema.default({}),
});
export const grpcProbeSchema = grpcFieldsSchema.superRefine((grpc, context) => {
  if (!grpc.tls) refuseUnusedMaterial(grpc, context);
});
export type GrpcProbe = z.infer<typeof grpcProbeSchema>;

export const grpcProbeType = defineProbeType({
  settings: grpcProbeSchema,
  targetOf: ({ host, port, service }) => {
    const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return service === '' ? where : `${service} at ${where}`;
  },
  certificateWarningDaysOf: ({ tls, certificateWarningDays }) => (tls ? certificateWarningDays : 0),
  mapSecrets: (grpc, map) => ({
    ...mapTlsSecrets(grpc, '/grpc', map),
    metadata: mapHeaderSecrets(grpc.metadata, '/grpc/metadata', map),
  }),
  tlsMaterialOf: tlsMaterialAt('/grpc'),
});
