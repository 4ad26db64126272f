/** Appends what people ask of a running system to the log, at once: nothing of it rests in the database. */
import type { DurableLog } from '@quorate/bus';
import { partitionOf, type Command, type PlatformCommand } from '@quorate/contracts';
import { requestTraceHeaders } from './http/request-context.ts';

type ChannelCommand = Extract<Command, { channelId: string }>;

export class Commands {
  readonly #log: DurableLog;

  constructor(log: DurableLog) {
    this.#log = log;
  }

  /** @throws BusUnavailableError */
  append(command: ChannelCommand): Promise<void> {
    const topic = 'commands';
    const key = command.channelId;
    const partition = partitionOf(key, this.#log.partitionCount(topic));
    return this.#log.append([
      { topic, partition, key, value: JSON.stringify(command), headers: requestTraceHeaders() },
    ]);
  }

  /** Asks the platform task; `key` names what it is about. @throws BusUnavailableError */
  appendPlatform(key: string, command: PlatformCommand): Promise<void> {
    const headers = requestTraceHeaders();
    return this.#log.append([
      { topic: 'platform-commands', partition: 0, key, value: JSON.stringify(command), headers },
    ]);
  }

  now(): number {
    return this.#log.now();
  }
}
