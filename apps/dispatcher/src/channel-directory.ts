/** Every channel, as `directory` tells of them; their secrets stay sealed. */
import type { DurableLog } from '@quorate/bus';
import { channelRecordSchema, directoryKeyOfChannel, type ChannelRecord } from '@quorate/contracts';
import { DirectoryWatch } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';

export class ChannelDirectory extends DirectoryWatch<ChannelRecord> {
  constructor(log: DurableLog, logger: Logger) {
    super({ log, logger, schema: channelRecordSchema, keyPrefix: directoryKeyOfChannel('') });
  }
}
