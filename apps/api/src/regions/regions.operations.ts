/** The route of regions, as it is documented. */
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { operation } from '../http/operation.ts';
import { pageSchemaOf } from '../http/page.ts';

export const regionSchema = z.object({
  name: z.string(),
  state: z.enum(['live', 'silent', 'isolated', 'quarantined']),
  /** Since when it is in this state. */
  since: isoInstantSchema,
  probers: z.array(z.object({ id: z.string(), version: z.string(), lastSeenAt: isoInstantSchema })),
});
export type RegionAnswer = z.infer<typeof regionSchema>;

const exampleRegion: RegionAnswer = {
  name: 'eu',
  state: 'live',
  since: '2026-11-21T09:00:00.000Z',
  probers: [{ id: 'eu-1', version: '0.1.0', lastSeenAt: '2026-11-21T10:00:30.000Z' }],
};

export const listRegions = operation({
  tag: 'Regions',
  route: 'GET /api/v1/regions',
  id: 'listRegions',
  summary: 'Lists the regions that were ever heard of, and their probers, by name',
  answer: {
    status: 200,
    description: 'Every region.',
    schema: pageSchemaOf(regionSchema),
    example: { items: [exampleRegion], nextCursor: null },
  },
});
