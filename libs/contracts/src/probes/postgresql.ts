/** The PostgreSQL probe: a connection, a log-in, and a query if so wished. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import { checkServiceTls, serviceType, sqlFields, sqlTarget } from './service-fields.ts';

export const postgresqlProbeSchema = z
  .strictObject({ ...sqlFields, port: sqlFields.port.default(5_432) })
  .superRefine(checkServiceTls);
export type PostgresqlProbe = z.infer<typeof postgresqlProbeSchema>;

export const postgresqlProbeType = defineProbeType({
  settings: postgresqlProbeSchema,
  ...serviceType('/postgresql'),
  targetOf: (postgresql) => sqlTarget('postgresql', postgresql),
});
