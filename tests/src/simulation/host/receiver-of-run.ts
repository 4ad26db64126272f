/** Where the calls of the run that is under way arrive. */
import type { SimulatedHost } from '@quorate/testing';

export interface OutgoingCall {
  readonly url: string;
  readonly body: string;
}

/** What the other side does with a call, and when that is known to the caller. */
export interface ReceiverAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CallListener {
  answered(answer: ReceiverAnswer): void;
  failed(error: Error): void;
}

export interface Receiver {
  /** Takes a call that `host` makes; the function that it returns hangs up. */
  take(host: SimulatedHost, call: OutgoingCall, listener: CallListener): () => void;
}

let receiver: Receiver | null = null;

export function setReceiverOfRun(next: Receiver): void {
  receiver = next;
}

export function receiverOfRun(): Receiver {
  if (receiver === null) throw new Error('No run is under way');
  return receiver;
}
