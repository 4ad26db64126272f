/** Sends by channel: records how tries ended, and starts those that are due without waiting for them. */
import { Controller, Inject } from '@nestjs/common';
import { afterAttempt, isExpired, type RetryPolicy } from '@quorate/alerting';
import { OnTick, type Task, type TaskStep } from '@quorate/bus';
import type { ChannelRecord, Delivery, Instant } from '@quorate/contracts';
import type { ChannelLane } from './channel-lane.ts';
import { DeliveryStep, type StepTools } from './delivery-step.ts';
import type { SendSlots } from './send-slots.ts';
import type { Sender } from './sender.ts';
import type { EndedTry, SendingPartition } from './sending-partition.ts';
import { StormStep } from './storm-step.ts';

export interface SendingTools extends StepTools {
  readonly sender: Sender;
  readonly slots: SendSlots;
  readonly policy: RetryPolicy;
  /** How long a delivery waits for a channel that the directory does not name. */
  readonly unknownChannelWaitMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export const sendingTools = Symbol('what the sending loop works with');

/** A delivery that may leave as soon as the step is durable. */
interface Departure {
  readonly lane: ChannelLane;
  readonly channel: ChannelRecord;
  readonly delivery: Delivery;
  /** When it was decided, by `performance.now`: the step may take long to be durable, or its owner be frozen in it. */
  readonly decidedAtMs: number;
}

type Live = Task<SendingPartition>;

@Controller()
export class SendingLoop {
  readonly #tools: SendingTools;

  constructor(@Inject(sendingTools) tools: SendingTools) {
    this.#tools = tools;
  }

  @OnTick()
  onTick(_none: readonly never[], task: Live): TaskStep {
    const { state, now } = task;
    const step = new DeliveryStep(task, this.#tools);
    const storms = new StormStep(task, step, this.#tools);
    const ended = state.takeEndedTries();
    for (const one of ended) this.#settle(one, step, now);
    for (const delivery of state.takeArrived()) storms.admit(delivery);
    for (const lane of [...state.lanes]) {
      for (const delivery of lane.queue.expired(now)) step.giveUp(delivery, 'Not sent in time: the next one is due');
      for (const delivery of lane.queue.overdue(now)) step.handOver(delivery);
      for (const delivery of lane.queue.forgettable(now)) step.forget(delivery);
      storms.goOn(lane);
    }
    const departures = [...state.lanes].flatMap((lane) => this.#depart(lane, task, step));
    return {
      writes: step.writes,
      committed: () => {
        state.releaseSlots(ended.length);
        for (const departure of departures) this.#start(departure, state);
      },
    };
  }

  #settle({ lane, delivery, result }: EndedTry, step: DeliveryStep, now: Instant): void {
    // Another step may have written to it meanwhile: that a fallback channel took over, say.
    const current = lane.queue.get(delivery.deliveryId) ?? delivery;
    lane.queue.settle(current);
    if (result === null) return;
    lane.heed(result, now);
    const { policy, random } = this.#tools;
    step.record(afterAttempt(current, result, { random: random(), policy }));
  }

  /** What may leave now. What can't leave ever is given up instead. */
  #depart(lane: ChannelLane, task: Live, step: DeliveryStep): Departure[] {
    const { now, state } = task;
    const channel = this.#tools.channels.get(lane.channelId);
    if (channel === undefined) {
      this.#giveUpUnknown(lane, now, step);
      return [];
    }
    const departures: Departure[] = [];
    const decidedAtMs = performance.now();
    for (const delivery of lane.take(channel, now, this.#tools.slots.freeCount)) {
      if (isExpired(delivery, now, this.#tools.policy)) {
        this.#expire(lane, delivery, step);
        continue;
      }
      departures.push({ lane, channel, delivery: step.depart(delivery), decidedAtMs });
    }
    state.useSlots(departures.length);
    return departures;
  }

  #expire(lane: ChannelLane, delivery: Delivery, step: DeliveryStep): void {
    lane.queue.settle(delivery);
    const hours = this.#tools.policy.giveUpAfterMs / 3_600_000;
    step.giveUp(delivery, `Not delivered within ${hours} hours`);
  }

  /** The directory may lag behind the alert; after a while the channel is held to be deleted. */
  #giveUpUnknown(lane: ChannelLane, now: Instant, step: DeliveryStep): void {
    const plannedUpTo = now - this.#tools.unknownChannelWaitMs;
    for (const delivery of lane.queue.pending()) {
      if (delivery.plannedAt <= plannedUpTo) step.giveUp(delivery, 'Not sent: there is no such channel (any more)');
    }
  }

  #start({ lane, channel, delivery, decidedAtMs }: Departure, state: SendingPartition): void {
    const { sender, logger } = this.#tools;
    const attempt = { channel, delivery, decidedAtMs, headers: state.headersOf(delivery), signal: state.signal };
    lane.breaker
      .run(() => sender.try(attempt))
      .then(
        (result) => state.tryEnded({ lane, delivery, result }),
        (error: unknown) => {
          logger.error('A try ended in a way that nobody foresaw', { deliveryId: delivery.deliveryId, error });
          state.tryEnded({ lane, delivery, result: null });
        },
      );
  }
}
