/** What the directory of a run says: where pages go, with keys sealed as the API seals them, and when people work. */
import {
  directoryKeyOfChannel,
  directoryKeyOfMaintenanceWindow,
  maintenanceWindowRecordSchema,
  type ChannelRecord,
  type MaintenanceWindowRecord,
  type StormBrake,
} from '@quorate/contracts';
import { SecretBox, secretKeyBytes } from '@quorate/runtime';
import type { Maintenance } from './scenario.ts';

export const secretBox = new SecretBox(new Uint8Array(secretKeyBytes).fill(7));

const url = 'https://pagerduty.example/v2/enqueue';

/** Whoever gets a call with this key knows which channel it was. */
function routingKeyOf(channelId: string): string {
  return `routing-key-of-${channelId}`;
}

export function channelIdOf(routingKey: string): string {
  return routingKey.slice(routingKeyOf('').length);
}

export function channelRecord(id: string, stormBrake: StormBrake): { key: string; value: ChannelRecord } {
  const place = { entity: 'channel', id, field: '/pagerduty/routingKey' } as const;
  const pagerduty = { routingKey: secretBox.seal(routingKeyOf(id), place), url };
  const identity = { v: 1, entity: 'channel', id, version: 1 } as const;
  const told = { type: 'pagerduty', name: 'Pager', fallbackChannelId: null } as const;
  const value: ChannelRecord = { ...identity, ...told, stormBrake, pagerduty };
  return { key: directoryKeyOfChannel(id), value };
}

export function maintenanceRecord(window: Maintenance): { key: string; value: MaintenanceWindowRecord } {
  const { id, monitorIds, from: startsAt, to: endsAt } = window;
  const identity = { v: 1, entity: 'maintenance-window', id, version: 1, name: 'Work' };
  const value = maintenanceWindowRecordSchema.parse({ ...identity, monitorIds, startsAt, endsAt });
  return { key: directoryKeyOfMaintenanceWindow(id), value };
}
