/** The MQTT probe: a connection, a log-in where there is a user, and a subscription if so wished. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import {
  checkServiceTls,
  endpointFields,
  serviceType,
  wireNameSchema,
  wireSecretSchema,
  wireText,
} from './service-fields.ts';

export const mqttProbeSchema = z
  .strictObject({
    ...endpointFields,
    /** Null: 1883, and 8883 with TLS. */
    port: endpointFields.port.nullable().default(null),
    protocolVersion: z.enum(['3.1.1', '5']).default('3.1.1'),
    /** Null: another one in each round. A broker keeps one connection a client ID, so regions displace each other. */
    clientId: wireNameSchema.nullable().default(null),
    username: wireNameSchema.nullable().default(null),
    password: wireSecretSchema.nullable().default(null),
    /** A topic filter that the broker must let us subscribe to. */
    topic: wireText(1_024).nullable().default(null),
  })
  .refine(({ username, password }) => password === null || username !== null, {
    path: ['username'],
    message: 'must be set where there is a password',
  })
  .superRefine(checkServiceTls);
export type MqttProbe = z.infer<typeof mqttProbeSchema>;

export const mqttProbeType = defineProbeType({
  settings: mqttProbeSchema,
  ...serviceType('/mqtt'),
  targetOf: ({ host, port, tls }) =>
    `${tls === 'disable' ? 'mqtt' : 'mqtts'}://${host}${port === null ? '' : `:${port}`}`,
});
