/** The MySQL probe: a connection, a log-in, and a query if so wished. MariaDB speaks the same. */
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

export const mysqlProbeSchema = z
  .strictObject({
    ...endpointFields,
    port: endpointFields.port.default(3_306),
    /** Null: none is chosen. */
    database: wireNameSchema.nullable().default(null),
    username: wireNameSchema,
    password: wireSecretSchema.nullable().default(null),
    query: querySchema.nullable().default(null),
  })
  .superRefine(checkServiceTls);
export type MysqlProbe = z.infer<typeof mysqlProbeSchema>;

export const mysqlProbeType = defineProbeType({
  settings: mysqlProbeSchema,
  ...serviceTlsType('/mysql'),
  targetOf: ({ host, port, database }) => `mysql://${host}:${port}${database === null ? '' : `/${database}`}`,
  mapSecrets: (mysql, map) => mapServiceSecrets(mysql, '/mysql', map),
});
