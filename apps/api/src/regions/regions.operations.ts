/** The routes of regions, as they are validated and documented. */
import { regionSchema as regionNameSchema } from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { operation } from '../http/operation.ts';
import { pageSchemaOf } from '../http/page.ts';

export const regionSchema = z.object({
  name: z.string(),
  /** Isolated: its probers hold themselves cut off. Quarantined: it contradicts the others, and does not count. */
  state: z.enum(['live', 'silent', 'isolated', 'quarantined']),
  /** Since when it is in this state. */
  since: isoInstantSchema,
  /** In so many partitions its votes are set aside. */
  quarantinedPartitionCount: z.int().nonnegative(),
  probers: z.array(z.object({ id: z.string(), version: z.string(), lastSeenAt: isoInstantSchema })),
});
export type RegionAnswer = z.infer<typeof regionSchema>;

const partitionsSchema = z.object({
  count: z.int().positive(),
  /** Those for which no aggregator has decided anything for a while. */
  undecided: z.array(z.int().nonnegative()),
  /** How long votes lie in the log before they are read, at worst. */
  lagMs: z.int().nonnegative(),
  monitorCount: z.int().nonnegative(),
  unknownMonitorCount: z.int().nonnegative(),
  /** Monitors whose last decision failed. */
  faultyMonitorCount: z.int().nonnegative(),
});
export type PartitionsAnswer = z.infer<typeof partitionsSchema>;

const exampleRegion: RegionAnswer = {
  name: 'eu',
  state: 'live',
  since: '2026-11-21T09:00:00.000Z',
  quarantinedPartitionCount: 0,
  probers: [{ id: 'eu-1', version: '0.1.0', lastSeenAt: '2026-11-21T10:00:30.000Z' }],
};

const tag = 'Regions';

export const listRegions = operation({
  tag,
  route: 'GET /api/v1/regions',
  id: 'listRegions',
  summary: 'Lists the registered regions and their probers by name, and how the partitions of the log stand',
  answer: {
    status: 200,
    description: 'Every region that was heard of and not removed.',
    schema: pageSchemaOf(regionSchema).extend({ partitions: partitionsSchema }),
    example: {
      items: [exampleRegion],
      nextCursor: null,
      partitions: {
        count: 12,
        undecided: [],
        lagMs: 130,
        monitorCount: 240,
        unknownMonitorCount: 0,
        faultyMonitorCount: 0,
      },
    },
  },
});

export const removeRegion = operation({
  tag,
  route: 'DELETE /api/v1/regions/{name}',
  id: 'removeRegion',
  summary: 'Removes a silent region: it is expected no longer',
  description: 'Its probers’ last signs of life are dropped. A prober that starts there later registers it anew.',
  params: z.strictObject({ name: regionNameSchema }),
  unknown: 'QRT_REGION_UNKNOWN',
  answer: {
    status: 202,
    description: 'It is removed in a moment; then the list does not show it any more.',
    schema: z.strictObject({ name: regionNameSchema }),
    example: { name: 'ap' },
  },
  problems: ['QRT_REGION_LIVE', 'QRT_LOG_UNAVAILABLE'],
});
