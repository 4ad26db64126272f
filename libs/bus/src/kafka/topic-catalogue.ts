/** Which topics there are, with how many partitions; creates the missing ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusConfigurationError, BusUnavailableError } from '../errors.ts';
import type { OutgoingRecord, TopicSettings } from '../log.ts';
import { errorOfCode, type KafkaError, transientTypes } from './kafka-error.ts';
import { type Lane, retrying } from './lane.ts';

const createMsMax = 20_000;
const requestMsMax = 8_000;
const pollMs = 50;
/** Somebody else created it between our look and our request. */
const createdMeanwhile = 'TOPIC_ALREADY_EXISTS';
const ownKeyPrefix = '~';

export class TopicCatalogue {
  readonly #lane: Lane;
  /** What this process works with. */
  readonly #used = new Set<string>();

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** @throws BusConfigurationError when there is no such topic. */
  partitionCount(topic: string): number {
    const count = this.#lane.map.partitionCount(topic);
    if (count === undefined) throw new BusConfigurationError(`There is no topic ${topic}; create it with ensureTopics`);
    this.#used.add(topic);
    return count;
  }

  /** @throws BusConfigurationError when a record cannot be written as it is. */
  async check(records: readonly OutgoingRecord[]): Promise<void> {
    const topics = new Set(records.map(({ topic }) => topic));
    if ([...topics].some((topic) => this.#lane.map.partitionCount(topic) === undefined)) await this.#lane.map.refresh();
    for (const { topic, partition, key } of records) {
      const count = this.partitionCount(topic);
      if (partition < 0 || partition >= count) {
        throw new BusConfigurationError(`${topic} has no partition ${partition}; it has ${count}`);
      }
      if (key.startsWith(ownKeyPrefix)) {
        throw new BusConfigurationError(`${topic}: keys that start with ${ownKeyPrefix} are the bus's own`);
      }
    }
  }

  /** @throws BusConfigurationError when a topic exists with another partition count. */
  async ensure(topics: readonly TopicSettings[]): Promise<void> {
    await this.#lane.map.refresh();
    const missing = topics.filter(({ name }) => this.#lane.map.partitionCount(name) === undefined);
    if (missing.length > 0) await this.#create(missing);
    for (const { name, partitionCount } of topics) {
      const found = this.partitionCount(name);
      if (found !== partitionCount) {
        throw new BusConfigurationError(
          `Topic ${name} has ${found} partitions, and ${partitionCount} are configured; the count is fixed at ` +
            'installation: configure the one that the topic has',
        );
      }
    }
  }

  /** A partition in use that nobody leads just now, or null. */
  leaderless(): string | null {
    for (const topic of this.#used) {
      for (let partition = 0; partition < (this.#lane.map.partitionCount(topic) ?? 0); partition++) {
        if (this.#lane.map.leader(topic, partition) === null) return `${topic}-${partition}`;
      }
    }
    return null;
  }

  async #create(missing: readonly TopicSettings[]): Promise<void> {
    const { topicErrors } = await retrying({ types: transientTypes, patienceMs: createMsMax }, () =>
      this.#lane.ask(this.#lane.map.controller, 'CreateTopics', {
        timeout: requestMsMax,
        topics: missing.map((settings) => ({
          topic: settings.name,
          numPartitions: settings.partitionCount,
          configEntries: configOf(settings),
        })),
      }),
    );
    for (const { topic, errorCode } of topicErrors) refuse(topic, errorOfCode(errorCode, 'CreateTopics'));
    await this.#untilLed(missing);
  }

  async #untilLed(topics: readonly TopicSettings[]): Promise<void> {
    const deadline = performance.now() + createMsMax;
    for (;;) {
      await this.#lane.map.refresh();
      const waitingFor = topics.find((settings) => !this.#isLed(settings));
      if (waitingFor === undefined) return;
      if (performance.now() > deadline) {
        throw new BusUnavailableError(`Topic ${waitingFor.name} was created, but its partitions have no leader yet`);
      }
      await sleep(pollMs);
    }
  }

  #isLed({ name, partitionCount }: TopicSettings): boolean {
    const count = this.#lane.map.partitionCount(name);
    if (count === undefined) return false;
    // Another count is refused by `ensure`; here it only has to be there.
    const partitions = Array.from({ length: Math.min(count, partitionCount) }, (_, partition) => partition);
    return partitions.every((partition) => this.#lane.map.leader(name, partition) !== null);
  }
}

function refuse(topic: string, error: KafkaError | null): void {
  if (error === null || error.type === createdMeanwhile) return;
  throw new BusConfigurationError(`Kafka refused to create topic ${topic}: ${error.message}`, { cause: error });
}

/** Compacted topics are cleaned early, since every restart of a task reads them whole. */
function configOf({ retention }: TopicSettings): { name: string; value: string }[] {
  const settings = retention.compacted
    ? {
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.2',
        'segment.bytes': String(16 * 1024 * 1024),
        'segment.ms': String(6 * 3_600_000),
      }
    : { 'cleanup.policy': 'delete', 'retention.ms': String(retention.retentionMs) };
  return Object.entries({ 'message.timestamp.type': 'LogAppendTime', ...settings }).map(([name, value]) => ({
    name,
    value,
  }));
}
