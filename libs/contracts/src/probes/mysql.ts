/** The MySQL probe: a connection, a log-in, and a query if so wished. MariaDB speaks the same. */
import { z } from 'zod';
import { defineProbeType } from './probe-type.ts';
import { checkServiceTls, serviceType, sqlFields, sqlTarget } from './service-fields.ts';

export const mysqlProbeSchema = z
  .strictObject({ ...sqlFields, port: sqlFields.port.default(3_306) })
  .superRefine(checkServiceTls);
export type MysqlProbe = z.infer<typeof mysqlProbeSchema>;

export const mysqlProbeType = defineProbeType({
  settings: mysqlProbeSchema,
  ...serviceType('/mysql'),
  targetOf: (mysql) => sqlTarget('mysql', mysql),
});
