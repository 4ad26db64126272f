/** Every topic: who writes it, who reads it, how it is kept and what its values look like. One writer each. */
import type { z } from 'zod';
import { alertSchema } from './alert.ts';
import { checkSchema } from './check.ts';
import { commandSchema } from './command.ts';
import { deadLetterSchema } from './dead-letter.ts';
import { deliverySchema } from './delivery.ts';
import { directoryRecordSchema } from './directory.ts';
import { gatewaySchema } from './gateway.ts';
import { heartbeatSchema } from './heartbeat.ts';
import { monitorRecordSchema } from './monitor.ts';
import { monitorStateSchema } from './monitor-state.ts';
import { partitionReportSchema } from './partition-report.ts';
import { pingSchema } from './ping.ts';
import { platformCommandSchema } from './platform-command.ts';
import { platformStateSchema } from './platform-state.ts';
import { verdictRecordSchema } from './verdict.ts';
import { voteSchema } from './vote.ts';

/** Fixed at installation: a monitor's partition must never change. */
export const partitionCountDefault = 12;

const dayMs = 86_400_000;

export interface TopicDefinition {
  /** Partitioned by monitor or channel (`many`, the installation's count), or small and followed whole (`one`). */
  readonly partitions: 'many' | 'one';
  /** How long records are kept; a compacted topic keeps the newest of each key for good. */
  readonly retention: { readonly compacted: true } | { readonly compacted: false; readonly retentionMs: number };
  readonly writer: string;
  readonly readers: readonly string[];
  /** What a value must be; a tombstone has none. */
  readonly schema: z.ZodType;
}

const compacted = { compacted: true } as const;
const keptForDays = (days: number) => ({ compacted: false, retentionMs: days * dayMs }) as const;

export const topics = {
  monitors: {
    partitions: 'many',
    retention: compacted,
    writer: 'api',
    readers: ['scheduler', 'aggregator', 'api'],
    schema: monitorRecordSchema,
  },
  directory: {
    partitions: 'one',
    retention: compacted,
    writer: 'api',
    readers: ['dispatcher', 'aggregator'],
    schema: directoryRecordSchema,
  },
  checks: {
    partitions: 'many',
    retention: keptForDays(1),
    writer: 'scheduler',
    readers: ['prober', 'aggregator', 'scheduler', 'api'],
    schema: checkSchema,
  },
  confirmations: {
    partitions: 'many',
    retention: keptForDays(1),
    writer: 'aggregator',
    readers: ['prober'],
    schema: checkSchema,
  },
  'manual-checks': {
    partitions: 'many',
    retention: keptForDays(1),
    writer: 'api',
    readers: ['prober', 'aggregator', 'api'],
    schema: checkSchema,
  },
  commands: {
    partitions: 'many',
    retention: keptForDays(7),
    writer: 'api',
    readers: ['aggregator', 'dispatcher'],
    schema: commandSchema,
  },
  votes: {
    partitions: 'many',
    retention: keptForDays(1),
    writer: 'prober (api: those of heartbeat monitors)',
    readers: ['aggregator'],
    schema: voteSchema,
  },
  pings: {
    partitions: 'many',
    retention: compacted,
    writer: 'api',
    readers: ['api', 'scheduler'],
    schema: pingSchema,
  },
  gateways: {
    partitions: 'one',
    retention: compacted,
    writer: 'api',
    readers: ['api'],
    schema: gatewaySchema,
  },
  'monitor-state': {
    partitions: 'many',
    retention: compacted,
    writer: 'aggregator',
    readers: ['aggregator'],
    schema: monitorStateSchema,
  },
  verdicts: {
    partitions: 'many',
    retention: keptForDays(7),
    writer: 'aggregator',
    readers: ['api'],
    schema: verdictRecordSchema,
  },
  alerts: {
    partitions: 'many',
    retention: keptForDays(7),
    writer: 'aggregator',
    readers: ['dispatcher', 'api'],
    schema: alertSchema,
  },
  deliveries: {
    partitions: 'many',
    retention: compacted,
    writer: 'dispatcher',
    readers: ['dispatcher', 'api'],
    schema: deliverySchema,
  },
  heartbeats: {
    partitions: 'one',
    retention: compacted,
    writer: 'prober (aggregator: the tombstones of a removed region)',
    readers: ['scheduler', 'aggregator', 'api'],
    schema: heartbeatSchema,
  },
  'partition-reports': {
    partitions: 'one',
    retention: compacted,
    writer: 'aggregator',
    readers: ['aggregator', 'api'],
    schema: partitionReportSchema,
  },
  'platform-commands': {
    partitions: 'one',
    retention: keptForDays(7),
    writer: 'api',
    readers: ['aggregator'],
    schema: platformCommandSchema,
  },
  'platform-state': {
    partitions: 'one',
    retention: compacted,
    writer: 'aggregator',
    readers: ['aggregator', 'api'],
    schema: platformStateSchema,
  },
  'dead-letters': {
    partitions: 'one',
    retention: keptForDays(30),
    writer: 'whoever cannot read a record',
    readers: ['operators'],
    schema: deadLetterSchema,
  },
} as const satisfies Record<string, TopicDefinition>;

export type TopicName = keyof typeof topics;
export type TopicValue<Name extends TopicName> = z.infer<(typeof topics)[Name]['schema']>;
