/** A delivery as the documentation shows it. */
import type { DeliveryAnswer } from './delivery.schema.ts';

const monitorId = '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11';
const channelId = '0d9b6f2e-9a55-4a53-8d2c-5c0c9a1a6d10';
const incidentId = `${monitorId}:1795255230000`;

export const exampleDelivery: DeliveryAnswer = {
  id: `${incidentId}:opened:0:${channelId}`,
  incidentId,
  monitorId,
  transition: 'opened',
  channelId,
  state: 'delivered',
  rolledUpIn: null,
  storm: null,
  nextAttemptAt: null,
  attempts: [{ at: '2026-11-21T10:00:41.020Z', outcome: 'accepted', statusCode: 202, error: null, durationMs: 118 }],
};

const stormId = `storm:${channelId}:1795255243200`;

/** One of many at once: told in the roll-up of their storm, by its trigger. */
export const exampleRolledUpDelivery: DeliveryAnswer = {
  ...exampleDelivery,
  state: 'rolled-up',
  rolledUpIn: { stormId, sequence: 0 },
  attempts: [],
};

export const exampleStormDelivery: DeliveryAnswer = {
  ...exampleDelivery,
  id: `${stormId}:opened:0:${channelId}`,
  incidentId: stormId,
  monitorId: null,
  storm: { openCount: 37, acknowledgedCount: 0, resolvedCount: 0 },
};
