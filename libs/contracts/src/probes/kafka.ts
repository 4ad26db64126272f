/** The Kafka probe: a bootstrap broker, a log-in where there is one, and how the cluster and a topic are. */
import { z } from 'zod';
import { hostSchema, portSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';
import {
  checkServiceTls,
  mapPassword,
  serviceTlsFields,
  serviceTlsType,
  wireNameSchema,
  wireSecretSchema,
} from './service-fields.ts';
import { mapTlsSecrets } from './tls-material.ts';

const brokerPattern = /^(?:\[(?<address>[0-9A-Fa-f:.]+)\]|(?<name>[^:\s]+)):(?<port>[0-9]{1,5})$/;

/** The parts of `host:port` or `[IPv6]:port`, or null. */
export function parseBroker(text: string): { readonly host: string; readonly port: number } | null {
  const { address, name, port } = brokerPattern.exec(text)?.groups ?? {};
  const host = hostSchema.safeParse(address ?? name);
  const number = portSchema.safeParse(Number(port));
  return host.success && number.success ? { host: host.data, port: number.data } : null;
}

const brokerSchema = z
  .string()
  .max(270)
  .refine((text) => parseBroker(text) !== null, 'must be host:port, or [IPv6]:port');

const saslSchema = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
  username: wireNameSchema,
  password: wireSecretSchema,
});

export const kafkaProbeSchema = z
  .strictObject({
    /** Bootstrap brokers, asked one after the other until one answers. */
    brokers: z.array(brokerSchema).min(1).max(10),
    ...serviceTlsFields,
    sasl: saslSchema.nullable().default(null),
    /** A topic that must exist, with a leader for each of its partitions. */
    topic: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,249}$/, 'must be a topic of Kafka: letters, digits, dots, _ and -')
      .nullable()
      .default(null),
  })
  .superRefine(checkServiceTls);
export type KafkaProbe = z.infer<typeof kafkaProbeSchema>;

export const kafkaProbeType = defineProbeType({
  settings: kafkaProbeSchema,
  ...serviceTlsType('/kafka'),
  targetOf: ({ brokers, topic }) => `kafka://${brokers.join(',')}${topic === null ? '' : `/${topic}`}`,
  mapSecrets: (kafka, map) => ({
    ...mapTlsSecrets(kafka, '/kafka', map),
    sasl: kafka.sasl === null ? null : mapPassword(kafka.sasl, '/kafka/sasl', map),
  }),
});
