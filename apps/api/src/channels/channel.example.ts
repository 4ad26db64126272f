/** Channels as the documentation shows them. */
import type { ChannelAnswer, newChannelSchema } from './channel.schema.ts';
import type { z } from 'zod';

export const exampleNewChannel = {
  name: 'On call',
  type: 'pagerduty',
  pagerduty: { routingKey: 'R0123456789ABCDEF0123456789ABCDE' },
} satisfies z.input<typeof newChannelSchema>;

export const exampleChannel: ChannelAnswer = {
  id: '0d9b6f2e-9a55-4a53-8d2c-5c0c9a1a6d10',
  version: 1,
  name: 'On call',
  type: 'pagerduty',
  fallbackChannelId: null,
  stormBrake: { enabled: true, openedMax: 10, windowSeconds: 60 },
  pagerduty: { routingKey: '[redacted]', url: 'https://events.pagerduty.com/v2/enqueue' },
};
