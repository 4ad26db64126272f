/** The PostgreSQL probe: a connection, a log-in, and a query if so wished. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import {
  checkServiceTls,
  endpointFields,
  mapServiceSecrets,
  querySchema,
  serviceTlsType,
  wireNameSchema,
  wireSecretSchema,
} from './service-fields.ts';

export const postgresqlProbeSchema = z
  .strictObject({
    ...endpointFields,
    port: endpointFields.port.default(5_432),
    /** Null: the one that is named like the user, as PostgreSQL has it. */
    database: wireNameSchema.nullable().default(null),
    username: wireNameSchema,
    password: wireSecretSchema.nullable().default(null),
    query: querySchema.nullable().default(null),
  })
  .superRefine(checkServiceTls);
export type PostgresqlProbe = z.infer<typeof postgresqlProbeSchema>;

export const postgresqlProbeType = defineProbeType({
  settings: postgresqlProbeSchema,
  ...serviceTlsType('/postgresql'),
  targetOf: ({ host, port, database }) => `postgresql://${host}:${port}${database === null ? '' : `/${database}`}`,
  mapSecrets: (postgresql, map) => mapServiceSecrets(postgresql, '/postgresql', map),
});
