/** What one step writes about storms: who is told in a roll-up, what the roll-up says, who is let go when it fails. */
import type { Task } from '@quorate/bus';
import type { Delivery, StormBrake } from '@quorate/contracts';
import { metrics, type RecordHeaders } from '@quorate/telemetry';
import type { ChannelLane } from './channel-lane.ts';
import type { DeliveryStep, StepTools } from './delivery-step.ts';
import type { SendingPartition } from './sending-partition.ts';

export class StormStep {
  readonly #task: Task<SendingPartition>;
  readonly #step: DeliveryStep;
  readonly #tools: StepTools;

  constructor(task: Task<SendingPartition>, step: DeliveryStep, tools: StepTools) {
    this.#task = task;
    this.#step = step;
    this.#tools = tools;
  }

  /** Decides how a new delivery is told: in a roll-up, with all that is said of its incident, or on its own. */
  admit({ channelId, deliveryId }: Delivery): void {
    const { queue } = this.#task.state.lane(channelId);
    const delivery = queue.get(deliveryId);
    if (delivery?.state !== 'pending') return;
    const rolledUp = queue.rollUp(delivery, this.#brakeOf(channelId), this.#task.now);
    for (const one of rolledUp) this.#step.record(one);
    if (rolledUp.length === 0) this.#step.attend(delivery);
  }

  /** Lets go whom a dead roll-up left untold, then says what the present one has to say. */
  goOn({ channelId, queue }: ChannelLane): void {
    for (const released of queue.release(this.#task.now)) this.#step.record(released);
    const next = () => queue.nextMessage(this.#brakeOf(channelId), this.#task.now);
    for (let message = next(); message !== null; message = next()) this.#say(message, queue);
  }

  #say(message: Delivery, queue: ChannelLane['queue']): void {
    const { alert, storm, channelId } = message;
    if (alert.transition === 'opened') {
      metrics.storms.add(1, { type: this.#tools.channels.get(channelId)?.type ?? 'unknown' });
      this.#tools.logger.warn('A storm: incidents are rolled up from here on', {
        channelId,
        stormId: alert.incidentId,
        openedMax: storm?.openedMax,
        windowSeconds: storm?.windowSeconds,
      });
    }
    this.#step.plan(message, this.#traceOf(message, queue));
  }

  /** The trace of the first incident that the roll-up tells of leads on into its messages. */
  #traceOf(message: Delivery, queue: ChannelLane['queue']): RecordHeaders {
    const first = queue.lineOf(message)[0] ?? queue.firstOf(message.alert.incidentId);
    return first === undefined ? {} : this.#task.state.headersOf(first);
  }

  #brakeOf(channelId: string): StormBrake | null {
    const channel = this.#tools.channels.get(channelId);
    return channel === undefined || channel.type === 'heartbeat' ? null : channel.stormBrake;
  }
}
