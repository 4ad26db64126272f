/** The TCP probe: a connection, and a conversation on it. */
import { z } from 'zod';
import { certificateWarningDaysSchema, hostSchema, lookUpFields, patternSchema, portSchema } from './fields.ts';
import { defineProbeType, patternsIn } from './probe-type.ts';

const tcpStepSchema = z.union([
  /** A pattern (RE2 syntax) that the bytes received so far must match. */
  z.strictObject({ expect: patternSchema }),
  z.strictObject({ send: z.string().min(1).max(4_096) }),
  z.strictObject({ startTls: z.literal(true) }),
]);
export type TcpStep = z.infer<typeof tcpStepSchema>;

export const tcpProbeSchema = z.strictObject({
  host: hostSchema,
  port: portSchema,
  ...lookUpFields,
  tls: z.boolean().default(false),
  certificateWarningDays: certificateWarningDaysSchema,
  steps: z.array(tcpStepSchema).max(20).default([]),
});
export type TcpProbe = z.infer<typeof tcpProbeSchema>;

export const tcpProbeType = defineProbeType({
  settings: tcpProbeSchema,
  targetOf: ({ host, port }) => `${host}:${port}`,
  certificateWarningDaysOf: ({ tls, steps, certificateWarningDays }) =>
    tls || steps.some((step) => 'startTls' in step) ? certificateWarningDays : 0,
  patternsOf: ({ steps }) => patternsIn(steps, 'expect', '/tcp/steps'),
});
