/** The settings of the single process. */
import { isIP } from 'node:net';
import type { z } from 'zod';
import {
  processSettingsSchema,
  readConfiguration,
  settings,
  type Contradiction,
  type Environment,
} from '@quorate/runtime';

const quorateConfigSchema = processSettingsSchema.extend({
  QUORATE_DATA_DIR: settings.QUORATE_DATA_DIR.schema,
  QUORATE_REGIONS: settings.QUORATE_REGIONS.schema,
  QUORATE_ADMIN_KEY: settings.QUORATE_ADMIN_KEY.schema,
  QUORATE_SECRET_KEY: settings.QUORATE_SECRET_KEY.schema.optional(),
  QUORATE_ALLOW_PRIVATE_TARGETS: settings.QUORATE_ALLOW_PRIVATE_TARGETS.schema,
  QUORATE_CANARIES: settings.QUORATE_CANARIES.schema,
  QUORATE_PUBLIC_URL: settings.QUORATE_PUBLIC_URL.schema,
  DATABASE_URL: settings.DATABASE_URL.schema.optional(),
});
export type QuorateConfiguration = z.output<typeof quorateConfigSchema>;

const contradictions: readonly Contradiction[] = [
  {
    holds: (environment) => environment['KAFKA_BROKERS'] !== undefined,
    fault: {
      subject: 'KAFKA_BROKERS',
      problem: 'contradicts npm start, which runs everything over a log of its own',
      remedy: 'Remove it, or start the services one by one: npm run start:scheduler and so on',
    },
  },
  {
    holds: (environment) => environment['QUORATE_REGION'] !== undefined,
    fault: {
      subject: 'QUORATE_REGION',
      problem: 'is the region of a prober of its own, and this process runs one for each of QUORATE_REGIONS',
      remedy: 'Remove it, or set QUORATE_REGIONS',
    },
  },
];

/** @throws ConfigurationError naming every fault. */
export function readQuorateConfiguration(environment: Environment): QuorateConfiguration {
  return readConfiguration(quorateConfigSchema, environment, contradictions);
}

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}
