/** What a channel type is asked and what it answers. */
import type { SendBudget } from '@quorate/alerting';
import type { Attempt, ChannelRecord, Delivery, Instant } from '@quorate/contracts';

/** What there is to say. */
export interface Message {
  readonly delivery: Delivery;
  /** The trace from the check to this very call. */
  readonly traceId: string | null;
  /** Where people reach this installation; null where it isn't known. */
  readonly publicUrl: string | null;
  readonly now: Instant;
}

export interface ChannelCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; null where there is nothing to say. */
  readonly body: string | null;
}

export interface ChannelAnswer {
  readonly statusCode: number;
  /** The beginning of the body. */
  readonly text: string;
}

export interface Judgement {
  readonly outcome: Attempt['outcome'];
  /** For people; null when the other side took it. */
  readonly error: string | null;
}

export interface ChannelType<Channel extends ChannelRecord> {
  /** What the other side takes; null when it names no limit. */
  readonly budget: SendBudget | null;
  /** `channel` has its secrets opened. */
  call(channel: Channel, message: Message): ChannelCall;
  judge(answer: ChannelAnswer): Judgement;
}
