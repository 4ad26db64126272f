/** The AMQP probe: a log-in to a virtual host of RabbitMQ or another broker of AMQP 0-9-1, and a look at a queue. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import { checkServiceTls, endpointFields, serviceType, wireNameSchema, wireSecretSchema } from './service-fields.ts';

/** Names are short strings on the wire. */
const nameBytesMax = 255;
const shortNameSchema = wireNameSchema.refine(
  (name) => new TextEncoder().encode(name).length <= nameBytesMax,
  `takes at most ${nameBytesMax} bytes`,
);

export const amqpProbeSchema = z
  .strictObject({
    ...endpointFields,
    /** Null: 5672, and 5671 with TLS. */
    port: endpointFields.port.nullable().default(null),
    vhost: shortNameSchema.default('/'),
    username: wireNameSchema,
    password: wireSecretSchema.nullable().default(null),
    /** A queue that must exist. */
    queue: shortNameSchema.nullable().default(null),
  })
  .superRefine(checkServiceTls);
export type AmqpProbe = z.infer<typeof amqpProbeSchema>;

export const amqpProbeType = defineProbeType({
  settings: amqpProbeSchema,
  ...serviceType('/amqp'),
  targetOf: ({ host, port, tls, vhost }) =>
    `${tls === 'disable' ? 'amqp' : 'amqps'}://${host}${port === null ? '' : `:${port}`}/${encodeURIComponent(vhost)}`,
});
