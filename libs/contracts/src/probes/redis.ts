/** The Redis probe: a log-in where there is a password, and a PING. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import { checkServiceTls, endpointFields, serviceType, wireNameSchema, wireSecretSchema } from './service-fields.ts';

const databasesMax = 65_535;

export const redisProbeSchema = z
  .strictObject({
    ...endpointFields,
    port: endpointFields.port.default(6_379),
    /** Null: the user `default`, as a server without access lists knows it. */
    username: wireNameSchema.nullable().default(null),
    password: wireSecretSchema.nullable().default(null),
    database: z.int().min(0).max(databasesMax).default(0),
  })
  .refine(({ username, password }) => username === null || password !== null, {
    path: ['password'],
    message: 'must be set where there is a username',
  })
  .superRefine(checkServiceTls);
export type RedisProbe = z.infer<typeof redisProbeSchema>;

export const redisProbeType = defineProbeType({
  settings: redisProbeSchema,
  ...serviceType('/redis'),
  targetOf: ({ host, port, database }) => `redis://${host}:${port}/${database}`,
});
