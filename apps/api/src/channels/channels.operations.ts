/** The routes of channels, as they are validated and documented. */
import { channelSettingsSchema } from '@quorate/contracts';
import { mergePatchSchema } from '../http/merge-patch.ts';
import { operation } from '../http/operation.ts';
import { answersPage } from '../http/page.ts';
import { exampleChannel, exampleNewChannel } from './channel.example.ts';
import {
  channelIdParameters,
  channelSchema,
  channelsQuerySchema,
  channelTestSchema,
  newChannelSchema,
} from './channel.schema.ts';

const tag = 'Channels';
const byId = { tag, params: channelIdParameters, unknown: 'QRT_CHANNEL_UNKNOWN' } as const;
const answersChannel = {
  answer: { status: 200, description: 'The channel as it is now.', schema: channelSchema, example: exampleChannel },
  isVersioned: true,
} as const;

export const createChannel = operation({
  tag,
  route: 'POST /api/v1/channels',
  id: 'createChannel',
  summary: 'Creates a channel',
  description:
    'A webhook without a secret gets one made; this answer is the only one that shows it. When more than ' +
    '`stormBrake.openedMax` monitors go down within `windowSeconds`, the others are told in one roll-up.',
  body: newChannelSchema,
  bodyExample: exampleNewChannel,
  answer: { status: 201, description: 'The new channel.', schema: channelSchema, example: exampleChannel },
  isVersioned: true,
});

export const listChannelsOperation = operation({
  tag,
  route: 'GET /api/v1/channels',
  id: 'listChannels',
  summary: 'Lists channels, newest first',
  query: channelsQuerySchema,
  answer: answersPage('channels', channelSchema, [exampleChannel]),
});

export const readChannel = operation({
  ...byId,
  ...answersChannel,
  route: 'GET /api/v1/channels/{id}',
  id: 'readChannel',
  summary: 'Reads a channel',
});

export const editChannel = operation({
  ...byId,
  ...answersChannel,
  route: 'PATCH /api/v1/channels/{id}',
  id: 'editChannel',
  problems: ['QRT_BUILT_IN'],
  summary: 'Changes a channel by a JSON Merge Patch',
  description: 'What is left out stays; null sets the default. A secret that reads "[redacted]" stays as it is.',
  body: mergePatchSchema,
  patchOf: channelSettingsSchema,
  bodyExample: { name: 'On call, Europe' },
});

export const deleteChannel = operation({
  ...byId,
  route: 'DELETE /api/v1/channels/{id}',
  id: 'deleteChannel',
  summary: 'Deletes a channel that nothing uses',
  answer: { status: 204, description: 'It is deleted.' },
  problems: ['QRT_BUILT_IN', 'QRT_CHANNEL_IN_USE'],
});

export const testChannel = operation({
  ...byId,
  route: 'POST /api/v1/channels/{id}/test',
  id: 'testChannel',
  summary: 'Sends a harmless test alert to a channel',
  answer: {
    status: 202,
    description: 'It will be sent; the deliveries of the channel show how it went.',
    schema: channelTestSchema,
    example: { deliveryId: 'test:2e0d8f7c-5f0c-4d5c-9b0a-5e0b7a3c9d21:test:0:0d9b6f2e-9a55-4a53-8d2c-5c0c9a1a6d10' },
  },
  problems: ['QRT_BUILT_IN', 'QRT_LOG_UNAVAILABLE'],
});
