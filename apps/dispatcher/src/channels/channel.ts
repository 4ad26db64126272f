/**
 * Every channel type. Each knows how to say an alert in its own words, and what an answer means. To add one: a file
 * like `webhook.channel.ts`, a row in this table, and its settings in the contracts.
 */
import type { ChannelRecord } from '@quorate/contracts';
import type { ChannelType } from './channel-call.ts';
import { heartbeatChannel } from './heartbeat.channel.ts';
import { pagerdutyChannel } from './pagerduty.channel.ts';
import { webhookChannel } from './webhook.channel.ts';

type ChannelTypes = { readonly [Type in ChannelRecord['type']]: ChannelType<Extract<ChannelRecord, { type: Type }>> };

const channelTypes: ChannelTypes = {
  pagerduty: pagerdutyChannel,
  webhook: webhookChannel,
  heartbeat: heartbeatChannel,
};

export function channelTypeOf<Channel extends ChannelRecord>(channel: Channel): ChannelType<Channel> {
  return channelTypes[channel.type] as ChannelType<ChannelRecord>;
}
