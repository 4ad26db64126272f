/** The TCP probe: a connection, and a conversation on it. */
import { z } from 'zod';
import { certificateWarningDaysSchema, hostSchema, lookUpFields, patternSchema, portSchema } from './fields.ts';
import { defineProbeType, patternsIn } from './probe-type.ts';
import { mapTlsSecrets, refuseUnusedMaterial, tlsMaterialAt, tlsMaterialFields } from './tls-material.ts';

const tcpStepSchema = z.union([
  /** A pattern (RE2 syntax) that the bytes received so far must match. */
  z.strictObject({ expect: patternSchema }),
  z.strictObject({ send: z.string().min(1).max(4_096) }),
  z.strictObject({ startTls: z.literal(true) }),
]);
export type TcpStep = z.infer<typeof tcpStepSchema>;

const tcpFieldsSchema = z.strictObject({
  host: hostSchema,
  port: portSchema,
  ...lookUpFields,
  tls: z.boolean().default(false),
  certificateWarningDays: certificateWarningDaysSchema,
  ...tlsMaterialFields,
  steps: z.array(tcpStepSchema).max(20).default([]),
});
function speaksTls({ tls, steps }: Pick<z.infer<typeof tcpFieldsSchema>, 'tls' | 'steps'>): boolean {
  return tls || steps.some((step) => 'startTls' in step);
}

export const tcpProbeSchema = tcpFieldsSchema.superRefine((tcp, context) => {
  if (!speaksTls(tcp)) refuseUnusedMaterial(tcp, context);
});
export type TcpProbe = z.infer<typeof tcpProbeSchema>;

export const tcpProbeType = defineProbeType({
  settings: tcpProbeSchema,
  targetOf: ({ host, port }) => `${host}:${port}`,
  certificateWarningDaysOf: (tcp) => (speaksTls(tcp) ? tcp.certificateWarningDays : 0),
  mapSecrets: (tcp, map) => mapTlsSecrets(tcp, '/tcp', map),
  tlsMaterialOf: tlsMaterialAt('/tcp'),
  patternsOf: ({ steps }) => patternsIn(steps, 'expect', '/tcp/steps'),
});
