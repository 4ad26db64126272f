/** Every setting that Quorate reads from its environment: its schema and, for people, what it takes. */
import { isIP } from 'node:net';
import { canaryOf, proberRegionSchema } from '@quorate/contracts';
import { logLevels } from '@quorate/telemetry';
import { z } from 'zod';

interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** Completes "Set it to …". */
  readonly takes: string;
}

function setting<Schema extends z.ZodType>(takes: string, schema: Schema): Setting<Schema> {
  return { takes, schema };
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const portSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port')
  .transform(Number)
  .refine((port) => port <= 65_535, 'is not a port');

const hostSchema = z
  .string()
  .max(253)
  .refine(
    (host) => isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host),
    'is not an address or host name',
  );

function isUrlOf(...protocols: readonly string[]): (text: string) => boolean {
  return (text) => protocols.includes(URL.parse(text)?.protocol ?? '');
}

const regionsSchema = z
  .string()
  .transform(list)
  .refine((regions) => regions.length > 0, 'names no region')
  .refine((regions) => regions.length <= 64, 'names more than 64 regions')
  .refine((regions) => new Set(regions).size === regions.length, 'names a region twice')
  .refine(
    (regions) => regions.every((region) => proberRegionSchema.safeParse(region).success),
    'holds a bad region name',
  );

const brokersSchema = z
  .string()
  .transform(list)
  .refine((brokers) => brokers.length > 0, 'names no broker')
  .refine(
    (brokers) => brokers.every((broker) => /^(\[[0-9a-f:]+\]|[^\s:/]+):\d{1,5}$/i.test(broker)),
    'holds something that is not host:port',
  );

const secretKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=?$/, 'is not 32 bytes of base64')
  .transform((text) => Buffer.from(text, 'base64'));

/** An address and the length of its prefix. */
function isCidr(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d{1,3}$/.test(prefix)) return false;
  return Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Parsed where it is used, by `@quorate/outbound`. */
const privateTargetsSchema = z
  .string()
  .refine(
    (text) => list(text).every((item) => item === 'all' || isIP(item) !== 0 || isCidr(item)),
    'holds something that is neither an address nor a CIDR nor the word all',
  );

const canariesSchema = z
  .string()
  .transform(list)
  .refine((canaries) => canaries.length > 0, 'names no canary')
  .refine((canaries) => canaries.length <= 16, 'names more than 16 canaries')
  .refine(
    (canaries) => canaries.join() === 'none' || canaries.every((canary) => canaryOf(canary) !== null),
    'holds something that is neither host:port nor an HTTP address, nor the word none alone',
  );

const ratioSchema = z.string().refine((text) => Number(text) >= 0 && Number(text) <= 1, 'is not between 0 and 1');

export const settings = {
  QUORATE_HTTP_PORT: setting('a port from 0 to 65535; 0 takes a free one', portSchema.default(3000)),
  QUORATE_HTTP_HOST: setting(
    'an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0',
    hostSchema.default('127.0.0.1'),
  ),
  QUORATE_DATA_DIR: setting('a directory that Quorate can write to', z.string().default('.quorate')),
  QUORATE_REGIONS: setting(
    'the names of regions, separated by commas: lower-case letters, digits and hyphens, 32 characters at most',
    regionsSchema.default(['local']),
  ),
  QUORATE_REGION: setting('the name of the region in which this prober runs, such as eu-central', proberRegionSchema),
  QUORATE_INSTANCE: setting(
    'a name for this replica that it keeps for good: 1 to 96 letters, digits, dots, hyphens or underscores',
    z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,96}$/, 'is not a name')
      .optional(),
  ),
  QUORATE_ADMIN_KEY: setting(
    'a key of 20 to 256 letters, digits, hyphens or underscores',
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{20,256}$/, 'is not a key')
      .optional(),
  ),
  QUORATE_SECRET_KEY: setting('32 random bytes in base64, as `openssl rand -base64 32` prints', secretKeySchema),
  QUORATE_ALLOW_PRIVATE_TARGETS: setting(
    'addresses and CIDRs separated by commas, such as 10.0.0.0/8,fd00::/8, or the word all',
    privateTargetsSchema.optional(),
  ),
  QUORATE_CANARIES: setting(
    'host:port or HTTP addresses that answer while the link is good, separated by commas, or the word none',
    canariesSchema.optional(),
  ),
  QUORATE_PUBLIC_URL: setting(
    'the address at which people reach this installation, such as https://quorate.example.com',
    z.string().refine(isUrlOf('http:', 'https:'), 'is not an HTTP address').optional(),
  ),
  QUORATE_LOG_LEVEL: setting(`one of ${logLevels.join(', ')}`, z.enum(logLevels, 'is not a log level').default('info')),
  DATABASE_URL: setting(
    'a PostgreSQL URL such as postgres://user:password@host:5432/quorate',
    z.string().refine(isUrlOf('postgres:', 'postgresql:'), 'is not a PostgreSQL URL'),
  ),
  KAFKA_BROKERS: setting('addresses host:port of Kafka brokers, separated by commas', brokersSchema),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    'the HTTP address of an OTLP receiver, such as http://127.0.0.1:4318',
    z.string().refine(isUrlOf('http:', 'https:'), 'is not an HTTP address').optional(),
  ),
  OTEL_TRACES_SAMPLER: setting(
    'a sampler of OpenTelemetry’s specification, such as parentbased_traceidratio',
    z
      .enum(
        [
          'always_on',
          'always_off',
          'traceidratio',
          'parentbased_always_on',
          'parentbased_always_off',
          'parentbased_traceidratio',
        ],
        'is not a sampler',
      )
      .optional(),
  ),
  OTEL_TRACES_SAMPLER_ARG: setting('the share of traces to export, from 0 to 1', ratioSchema.optional()),
} as const;

/** What all processes read. */
export const processSettingsSchema = z.object({
  QUORATE_HTTP_PORT: settings.QUORATE_HTTP_PORT.schema,
  QUORATE_HTTP_HOST: settings.QUORATE_HTTP_HOST.schema,
  QUORATE_INSTANCE: settings.QUORATE_INSTANCE.schema,
  QUORATE_LOG_LEVEL: settings.QUORATE_LOG_LEVEL.schema,
  OTEL_EXPORTER_OTLP_ENDPOINT: settings.OTEL_EXPORTER_OTLP_ENDPOINT.schema,
  OTEL_TRACES_SAMPLER: settings.OTEL_TRACES_SAMPLER.schema,
  OTEL_TRACES_SAMPLER_ARG: settings.OTEL_TRACES_SAMPLER_ARG.schema,
});
export type ProcessSettings = z.output<typeof processSettingsSchema>;

export const settingNames: readonly string[] = Object.keys(settings);

/** What a setting takes, for people. */
export function remedyOf(name: string): string {
  return (settings as Record<string, Setting>)[name]?.takes ?? 'what the documentation says';
}
