/** What one step writes about deliveries: each new form of one, who takes over, what is forgotten, what has died. */
import { givenUp, handOver } from '@quorate/alerting';
import type { Task, TaskWrite } from '@quorate/bus';
import { deadLetterValueCharactersMax, type Delivery } from '@quorate/contracts';
import { metrics, type Logger, type RecordHeaders } from '@quorate/telemetry';
import type { ChannelDirectory } from './channel-directory.ts';
import type { SendingPartition } from './sending-partition.ts';

/** Nobody else could take a sign of life over, and no operator needs to look at one that was missed. */
function isPulse({ alert }: Delivery): boolean {
  return alert.transition === 'pulse';
}

export interface StepTools {
  readonly channels: ChannelDirectory;
  readonly logger: Logger;
}

export class DeliveryStep {
  readonly writes: TaskWrite[] = [];
  readonly #task: Task<SendingPartition>;
  readonly #tools: StepTools;

  constructor(task: Task<SendingPartition>, tools: StepTools) {
    this.#task = task;
    this.#tools = tools;
  }

  /** Records a delivery as it stands now, and what follows from that. */
  record(delivery: Delivery): void {
    this.#task.state.lane(delivery.channelId).queue.put(delivery);
    this.#task.state.count(delivery);
    this.#write(delivery, this.#task.state.headersOf(delivery));
    if (delivery.state !== 'pending') this.#tell(delivery);
    if (delivery.state === 'dead' && !isPulse(delivery)) this.#bury(delivery);
  }

  /** Records a delivery that this step has planned. */
  plan(delivery: Delivery, headers: RecordHeaders): void {
    this.#task.state.accept(delivery, headers);
    this.#write(delivery, headers);
    this.attend(delivery);
  }

  /**
   * Records that a delivery is about to be sent, which makes the step one that has to be committed: an owner that was
   * frozen and replaced finds out before it sends, not after.
   */
  depart(delivery: Delivery): Delivery {
    const leaving = { ...delivery, departedAt: this.#task.now };
    this.#task.state.lane(delivery.channelId).queue.put(leaving);
    this.#write(leaving, this.#task.state.headersOf(delivery));
    return leaving;
  }

  /** Records that a delivery will not be sent (any more). */
  giveUp(delivery: Delivery, why: string): void {
    const current = this.#task.state.get(delivery) ?? delivery;
    if (current.state === 'pending') this.record(givenUp(current, why, this.#task.now));
  }

  /** Gives up a delivery whose trigger is dead, or hands it to the channel that took its incident over. */
  attend(delivery: Delivery): void {
    const { queue } = this.#task.state.lane(delivery.channelId);
    const current = queue.get(delivery.deliveryId);
    if (current?.state !== 'pending') return;
    if (queue.doomedBy(current).length > 0) this.giveUp(current, 'Not sent: the trigger before it was never delivered');
    else if (queue.takenOverBy(current) !== null) this.handOver(current);
  }

  /** Lets the fallback channel, if there is one, send it too. */
  handOver(delivery: Delivery): void {
    const { now, state } = this.#task;
    const takenOverBy = state.lane(delivery.channelId).queue.takenOverBy(delivery);
    const fallbackChannelId = takenOverBy ?? this.#tools.channels.get(delivery.channelId)?.fallbackChannelId ?? null;
    const outcome = handOver(delivery, { fallbackChannelId, now });
    if (outcome === null) return;
    const { deliveryId, channelId } = delivery;
    this.#tools.logger.warn('A fallback channel takes over', { deliveryId, channelId, fallbackChannelId });
    state.lane(channelId).queue.put(outcome.handed);
    this.#write(outcome.handed, state.headersOf(delivery));
    this.#write(outcome.takenOver, state.headersOf(delivery));
  }

  /** Ends a delivery's record in a tombstone. */
  forget({ deliveryId, channelId }: Delivery): void {
    this.#task.state.forget(channelId, deliveryId);
    this.writes.push({ topic: 'deliveries', key: deliveryId, value: null, partitionKey: channelId });
  }

  /** A dead delivery takes with it what cannot be sent without it, goes to its fallback, and to the operators. */
  #bury(delivery: Delivery): void {
    const { queue } = this.#task.state.lane(delivery.channelId);
    for (const doomed of queue.doomedBy(delivery)) this.attend(doomed);
    this.handOver(delivery);
    this.#writeDeadLetter(delivery);
  }

  #tell(delivery: Delivery): void {
    const { deliveryId, channelId, state, rolledUpIn, attemptCount, attempts } = delivery;
    const type = this.#tools.channels.get(channelId)?.type ?? 'unknown';
    metrics.deliveriesEnded.add(1, { type, state });
    const { logger } = this.#tools;
    const fields = { deliveryId, channelId, attemptCount };
    const reason = attempts.at(-1)?.error;
    if (isPulse(delivery)) {
      // One in every round, for good; the next one says more than a retry of this one could.
      if (state === 'delivered') logger.debug('The dead man’s switch was heard', fields);
      else logger.warn('A sign of life of the dead man’s switch was not taken', { ...fields, reason });
    } else if (state === 'delivered') logger.info('Delivered', fields);
    else if (state === 'rolled-up') logger.info('Rolled up', { ...fields, ...rolledUpIn });
    else logger.error('A delivery is dead', { ...fields, reason });
  }

  #write(delivery: Delivery, headers: RecordHeaders): void {
    const { deliveryId, channelId } = delivery;
    this.writes.push({ topic: 'deliveries', key: deliveryId, value: delivery, partitionKey: channelId, headers });
  }

  #writeDeadLetter(delivery: Delivery): void {
    const { partition, now, state } = this.#task;
    const { deliveryId: key, attempts } = delivery;
    const value = JSON.stringify(delivery).slice(0, deadLetterValueCharactersMax);
    const reason = `Not delivered: ${attempts.at(-1)?.error ?? 'given up'}`;
    const letter = {
      v: 1,
      service: 'dispatcher',
      topic: 'deliveries',
      partition,
      offset: -1,
      key,
      reason,
      value,
      at: now,
    } as const;
    this.writes.push({
      topic: 'dead-letters',
      key: `dispatcher:${key}`,
      value: letter,
      headers: state.headersOf(delivery),
    });
  }
}
