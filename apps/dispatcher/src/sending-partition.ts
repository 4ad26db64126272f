/** The memory of one partition: the deliveries of its channels, and the tries that have ended since the last step. */
import type { AttemptResult } from '@quorate/alerting';
import type { Delivery } from '@quorate/contracts';
import { metrics, type RecordHeaders } from '@quorate/telemetry';
import type { ChannelLane } from './channel-lane.ts';
import type { SendSlots } from './send-slots.ts';

/** A try that has ended; `result` is null when nothing was tried because the breaker had opened. */
export interface EndedTry {
  readonly lane: ChannelLane;
  readonly delivery: Delivery;
  readonly result: AttemptResult | null;
}

export interface PartitionSettings {
  readonly newLane: (channelId: string) => ChannelLane;
  readonly slots: SendSlots;
  /** Asks for a step soon. */
  readonly wake: () => void;
}

export class SendingPartition {
  readonly #settings: PartitionSettings;
  readonly #lanes = new Map<string, ChannelLane>();
  readonly #headers = new Map<string, RecordHeaders>();
  readonly #pending = new Set<string>();
  readonly #end = new AbortController();
  #arrived: Delivery[] = [];
  #endedTries: EndedTry[] = [];
  #usedSlotCount = 0;

  constructor(settings: PartitionSettings) {
    this.#settings = settings;
  }

  get lanes(): Iterable<ChannelLane> {
    return this.#lanes.values();
  }

  /** Aborted when the task ends: its successor sends what is on its way again. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  lane(channelId: string): ChannelLane {
    const lane = this.#lanes.get(channelId) ?? this.#settings.newLane(channelId);
    this.#lanes.set(channelId, lane);
    return lane;
  }

  get(delivery: Delivery): Delivery | undefined {
    return this.#lanes.get(delivery.channelId)?.queue.get(delivery.deliveryId);
  }

  /** The record headers of a delivery: its trace. */
  headersOf({ deliveryId }: Delivery): RecordHeaders {
    return this.#headers.get(deliveryId) ?? {};
  }

  /** Takes in a delivery that is new here. */
  accept(delivery: Delivery, headers: RecordHeaders): void {
    this.lane(delivery.channelId).queue.put(delivery);
    this.#headers.set(delivery.deliveryId, headers);
    this.count(delivery);
    if (delivery.state === 'pending') this.#arrived.push(delivery);
  }

  /** Keeps the number of pending deliveries that operators watch. */
  count({ deliveryId, state }: Delivery): void {
    const before = this.#pending.size;
    if (state === 'pending') this.#pending.add(deliveryId);
    else this.#pending.delete(deliveryId);
    metrics.deliveriesPending.add(this.#pending.size - before);
  }

  /** Drops a delivery, and its channel's lane with the last one. */
  forget(channelId: string, deliveryId: string): void {
    const lane = this.#lanes.get(channelId);
    this.#headers.delete(deliveryId);
    lane?.queue.delete(deliveryId);
    if (lane === undefined || lane.queue.size > 0) return;
    lane.breaker.end();
    this.#lanes.delete(channelId);
  }

  /** What was accepted since the last call. */
  takeArrived(): readonly Delivery[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }

  /** What has ended since the last call. */
  takeEndedTries(): readonly EndedTry[] {
    const ended = this.#endedTries;
    this.#endedTries = [];
    return ended;
  }

  tryEnded(ended: EndedTry): void {
    this.#endedTries.push(ended);
    this.#settings.wake();
  }

  useSlots(count: number): void {
    this.#usedSlotCount += count;
    this.#settings.slots.use(count);
  }

  releaseSlots(count: number): void {
    if (this.signal.aborted) return;
    this.#usedSlotCount -= count;
    this.#settings.slots.release(count);
  }

  /** Gives back everything it holds; the log remembers what matters. */
  end(): void {
    this.releaseSlots(this.#usedSlotCount);
    this.#end.abort();
    metrics.deliveriesPending.add(-this.#pending.size);
    for (const lane of this.#lanes.values()) lane.breaker.end();
  }
}
