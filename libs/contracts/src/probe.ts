/** The table of probe types: a new one is a file in `probes/` and a row here. */
import { z } from 'zod';
import type { PatternField, ProbeType } from './probes/probe-type.ts';
import { dnsProbeType } from './probes/dns.ts';
import { domainProbeType } from './probes/domain.ts';
import { grpcProbeType } from './probes/grpc.ts';
import { heartbeatProbeType } from './probes/heartbeat.ts';
import { httpProbeType } from './probes/http.ts';
import { amqpProbeType } from './probes/amqp.ts';
import { kafkaProbeType } from './probes/kafka.ts';
import { mongodbProbeType } from './probes/mongodb.ts';
import { mqttProbeType } from './probes/mqtt.ts';
import { mysqlProbeType } from './probes/mysql.ts';
import { postgresqlProbeType } from './probes/postgresql.ts';
import { redisProbeType } from './probes/redis.ts';
import { icmpProbeType } from './probes/icmp.ts';
import { selfProbeType } from './probes/self.ts';
import { smtpProbeType } from './probes/smtp.ts';
import { tcpProbeType } from './probes/tcp.ts';
import { websocketProbeType } from './probes/websocket.ts';
import type { TlsMaterialField } from './probes/tls-material.ts';
import { tlsProbeType } from './probes/tls.ts';
import type { SecretMapping } from './secrets.ts';

const probeTypes = {
  http: httpProbeType,
  tcp: tcpProbeType,
  dns: dnsProbeType,
  heartbeat: heartbeatProbeType,
  domain: domainProbeType,
  grpc: grpcProbeType,
  icmp: icmpProbeType,
  websocket: websocketProbeType,
  postgresql: postgresqlProbeType,
  redis: redisProbeType,
  mysql: mysqlProbeType,
  mqtt: mqttProbeType,
  amqp: amqpProbeType,
  kafka: kafkaProbeType,
  mongodb: mongodbProbeType,
  tls: tlsProbeType,
  smtp: smtpProbeType,
  self: selfProbeType,
};
type ProbeTypes = typeof probeTypes;
export type ProbeTypeName = keyof ProbeTypes;

/** What has `Fields`, a `type`, and the type's settings under its name. */
type Probed<Name extends ProbeTypeName, Fields> = {
  [Type in Name]: Fields & { type: Type } & Record<Type, z.output<ProbeTypes[Type]['settings']>>;
}[Name];
type ProbedInput<Name extends ProbeTypeName, Fields> = {
  [Type in Name]: Fields & { type: Type } & Record<Type, z.input<ProbeTypes[Type]['settings']>>;
}[Name];

/** One probe to perform: its type and the settings under the type's name. */
export type Probe = Probed<ProbeTypeName, unknown>;

/** Every probe type, in the order of the table. */
export const probeTypeNames = Object.keys(probeTypes) as ProbeTypeName[];

type OutputOf<Fields extends z.ZodRawShape> = keyof Fields extends never ? unknown : z.output<z.ZodObject<Fields>>;
type InputOf<Fields extends z.ZodRawShape> = keyof Fields extends never ? unknown : z.input<z.ZodObject<Fields>>;

/**
 * The schema of an entity with `fields` that is probed in the way of one of `names`. A type may be `strict`er about
 * some of the fields; what it takes must be among what the others take.
 */
export function probedSchema<Fields extends z.ZodRawShape, Name extends ProbeTypeName>(
  fields: Fields,
  names: readonly Name[],
  strict: Partial<Record<ProbeTypeName, z.ZodRawShape>> = {},
): z.ZodType<Probed<Name, OutputOf<Fields>>, ProbedInput<Name, InputOf<Fields>>> {
  const [first, ...others] = names.map((name) =>
    z.strictObject({ ...fields, ...strict[name], type: z.literal(name), [name]: probeTypes[name].settings }),
  );
  if (first === undefined) throw new RangeError('name at least one probe type');
  // The compiler does not follow a computed key; `Probed` says what the line above makes.
  return z.discriminatedUnion('type', [first, ...others]) as never;
}

export const probeSchema = probedSchema({}, probeTypeNames);

/** The type of a probe, with its settings apart. */
function rowOf(probe: Probe): { row: ProbeType<z.ZodType>; settings: unknown } {
  return { row: probeTypes[probe.type], settings: (probe as Record<string, unknown>)[probe.type] };
}

/** How a monitor is probed, as its checks carry it. */
export function probeOf(monitor: Probe): Probe {
  return { type: monitor.type, [monitor.type]: rowOf(monitor).settings } as Probe;
}

/** What the monitor looks at, in one line for people and for PagerDuty's `source`. Holds no secret. */
export function targetOf(monitor: Probe): string {
  const { row, settings } = rowOf(monitor);
  return row.targetOf(settings);
}

/** A copy of a monitor, its record, or a check's probe with each secret mapped. */
export function mapProbeSecrets<Holder extends Probe>(holder: Holder, map: SecretMapping): Holder {
  const { row, settings } = rowOf(holder);
  return row.mapSecrets === undefined ? holder : { ...holder, [holder.type]: row.mapSecrets(settings, map) };
}

/** The certificates that a monitor may bring along; null where its type takes none. */
export function tlsMaterialOf(monitor: Probe): TlsMaterialField | null {
  const { row, settings } = rowOf(monitor);
  return row.tlsMaterialOf?.(settings) ?? null;
}

/** With fewer whole days left the certificate of a monitor's target is warned of; 0 where that is never. */
export function certificateWarningDaysOf(monitor: Probe): number {
  const { row, settings } = rowOf(monitor);
  return row.certificateWarningDaysOf?.(settings) ?? 0;
}

/** Every pattern of a monitor. */
export function patternsOf(monitor: Probe): readonly PatternField[] {
  const { row, settings } = rowOf(monitor);
  return row.patternsOf?.(settings) ?? [];
}
