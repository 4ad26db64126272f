/** The channels of a run: where pages go, with their keys sealed as the API seals them. */
import { directoryKeyOfChannel, type ChannelRecord } from '@quorate/contracts';
import { SecretBox, secretKeyBytes } from '@quorate/runtime';

export const secretBox = new SecretBox(new Uint8Array(secretKeyBytes).fill(7));

const url = 'https://pagerduty.example/v2/enqueue';

/** Whoever gets a call with this key knows which channel it was. */
function routingKeyOf(channelId: string): string {
  return `routing-key-of-${channelId}`;
}

export function channelIdOf(routingKey: string): string {
  return routingKey.slice(routingKeyOf('').length);
}

export function channelRecord(id: string): { key: string; value: ChannelRecord } {
  const place = { entity: 'channel', id, field: '/pagerduty/routingKey' } as const;
  const pagerduty = { routingKey: secretBox.seal(routingKeyOf(id), place), url };
  const identity = { v: 1, entity: 'channel', id, version: 1 } as const;
  const stormBrake = { enabled: true, openedMax: 10, windowSeconds: 60 };
  const told = { type: 'pagerduty', name: 'Pager', fallbackChannelId: null } as const;
  const value: ChannelRecord = { ...identity, ...told, stormBrake, pagerduty };
  return { key: directoryKeyOfChannel(id), value };
}
