/** The record of `directory` that tells the dispatcher of a channel's newest version. */
import { channelRecordSchema, directoryKeyOfChannel, type ChannelRecord } from '@quorate/contracts';
import type { OutboxRecord } from '../outbox/outbox.ts';
import type { ChannelEntity } from './channel.entity.ts';

/** Parsed once more: what the dispatcher could not read must not leave here. */
export function channelRecordOf({ id, version, settings }: ChannelEntity): OutboxRecord<'directory'> {
  const value: ChannelRecord = channelRecordSchema.parse({ ...settings, v: 1, entity: 'channel', id, version });
  return { topic: 'directory', key: directoryKeyOfChannel(id), value };
}

export function channelTombstoneOf(id: string): OutboxRecord<'directory'> {
  return { topic: 'directory', key: directoryKeyOfChannel(id), value: null };
}
