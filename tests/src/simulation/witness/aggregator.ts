/** An aggregator's task and its successor agree in everything that they decide. */
import { startAggregator } from '@quorate/aggregator';
import type { OutgoingRecord } from '@quorate/bus';
import type { WatchedService } from './watched-service.ts';

/** Says when the partition was last looked at, and by whom: no decision. */
const untold = new Set(['partition-reports']);
const told = (records: readonly OutgoingRecord[]) => records.filter(({ topic }) => !untold.has(topic));

export const watchedAggregator: WatchedService = {
  name: 'aggregator',
  stepsMax: 30,
  pauseMsMax: 90_000,
  start: (place) => void startAggregator(place),
  // Which regions are live.
  hearsForItself: true,
  waitsForRegions: false,
  beginning: ({ gathering, legacy }) => (gathering.caughtUp ? { legacy: legacy(), anew: told, told } : null),
};
