/** Every channel, as `directory` tells of them; their secrets stay sealed. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import {
  channelRecordSchema,
  directoryKeyOfChannel,
  isOutdated,
  type ChannelRecord,
  type VersionedForm,
} from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';

const channelKeyPrefix = directoryKeyOfChannel('');

function channelOf(value: string): ChannelRecord | null {
  try {
    return channelRecordSchema.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    // Not JSON; the caller says so.
    return null;
  }
}

export class Directory {
  readonly #channels = new Map<string, ChannelRecord>();
  readonly #forms = new Map<string, VersionedForm>();
  readonly #logger: Logger;
  readonly #follower: Follower;

  constructor(log: DurableLog, logger: Logger) {
    this.#logger = logger;
    this.#follower = log.follow(['directory'], 'start', (records) => records.forEach((record) => this.#hear(record)));
  }

  /** Resolves when everything that stood in it at the start is known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  channel(channelId: string): ChannelRecord | undefined {
    return this.#channels.get(channelId);
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  #hear({ key, value, offset, appendedAt }: LogRecord): void {
    if (!key.startsWith(channelKeyPrefix)) return;
    const channelId = key.slice(channelKeyPrefix.length);
    if (value === null) {
      this.#channels.delete(channelId);
      this.#forms.delete(channelId);
      return;
    }
    const channel = channelOf(value);
    if (channel === null)
      this.#logger.error('A channel cannot be read and keeps its older form', { channelId, offset });
    else this.#keep(channel, { version: channel.version, appendedAt });
  }

  /** An older form that comes late changes nothing. */
  #keep(channel: ChannelRecord, form: VersionedForm): void {
    if (isOutdated(form, this.#forms.get(channel.id))) return;
    this.#forms.set(channel.id, form);
    this.#channels.set(channel.id, channel);
  }
}
