/** One channel as its partition knows it: what waits for it, and how fast it may be served. */
import { ChannelQueue, TokenBucket, type AttemptResult, type QueueTimings } from '@quorate/alerting';
import type { ChannelRecord, Delivery, Instant } from '@quorate/contracts';
import type { ChannelBreaker } from './channel-breaker.ts';
import { channelTypeOf } from './channels/channel.ts';

/** Deliveries of one channel that may be on their way at once. */
const sendsPerChannelMax = 4;
/** How long a channel that says "too many" without saying for how long is left alone. */
const tooManyWaitMs = 30_000;
const tooManyStatus = 429;

export class ChannelLane {
  readonly channelId: string;
  readonly queue: ChannelQueue;
  readonly breaker: ChannelBreaker;
  #channelVersion = 0;
  #bucket: TokenBucket | null = null;
  #heldUntil: Instant = 0;

  constructor(channelId: string, breaker: ChannelBreaker, timings: QueueTimings) {
    this.channelId = channelId;
    this.breaker = breaker;
    this.queue = new ChannelQueue(channelId, timings);
  }

  /** Takes what `channel` may be sent now, at most `countMax`. */
  take(channel: ChannelRecord, now: Instant, countMax: number): Delivery[] {
    this.#notice(channel, now);
    if (now < this.#heldUntil) return [];
    const slots = this.breaker.slots(Math.min(countMax, sendsPerChannelMax - this.queue.sendingCount));
    const taken = this.queue.take(now, Math.min(slots, this.#bucket?.available(now) ?? slots));
    this.#bucket?.take(taken.length);
    return taken;
  }

  /** Leaves the channel alone for as long as it asked for. */
  heed({ statusCode, retryAfterMs, outcome }: AttemptResult, now: Instant): void {
    if (outcome !== 'failed') return;
    const waitMs = retryAfterMs ?? (statusCode === tooManyStatus ? tooManyWaitMs : 0);
    this.#heldUntil = Math.max(this.#heldUntil, now + waitMs);
  }

  /** An edited channel starts afresh: it may well have been edited because it failed. */
  #notice(channel: ChannelRecord, now: Instant): void {
    if (channel.version === this.#channelVersion) return;
    this.#channelVersion = channel.version;
    const { budget } = channelTypeOf(channel);
    this.#bucket = budget === null ? null : new TokenBucket(budget, now);
    this.#heldUntil = 0;
    this.breaker.reset();
  }
}
