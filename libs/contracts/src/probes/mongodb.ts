/** The MongoDB probe: a greeting, a log-in where there is a user, and a ping. */
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

export const mongodbProbeSchema = z
  .strictObject({
    ...endpointFields,
    port: endpointFields.port.default(27_017),
    username: wireNameSchema.nullable().default(null),
    password: wireSecretSchema.nullable().default(null),
    /** The database that holds the user. */
    authDatabase: wireText(63).default('admin'),
  })
  .refine(({ username, password }) => (username === null) === (password === null), {
    path: ['password'],
    message: 'must be set with a username, and only then',
  })
  .superRefine(checkServiceTls);
export type MongodbProbe = z.infer<typeof mongodbProbeSchema>;

export const mongodbProbeType = defineProbeType({
  settings: mongodbProbeSchema,
  ...serviceType('/mongodb'),
  targetOf: ({ host, port }) => `mongodb://${host}:${port}`,
});
