/** An undici dispatcher whose calls arrive at a simulated receiver. */
import type { SimulatedHost } from '@quorate/testing';
import { Dispatcher } from 'undici';
import type { Receiver } from './receiver-of-run.ts';

/** What undici lets a handler do to a call. */
class CallController implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders = null;
  rawTrailers = null;
  readonly #onAbort: (reason: Error) => void;

  constructor(onAbort: (reason: Error) => void) {
    this.#onAbort = onAbort;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#onAbort(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

export class SimulatedAgent extends Dispatcher {
  readonly #host: SimulatedHost;
  readonly #receiver: Receiver;

  constructor(host: SimulatedHost, receiver: Receiver) {
    super();
    this.#host = host;
    this.#receiver = receiver;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { origin = '', path, body } = options;
    let hangUp: () => void = () => undefined;
    const controller = new CallController((reason) => {
      hangUp();
      handler.onResponseError?.(controller, reason);
    });
    handler.onRequestStart?.(controller, {});
    if (controller.aborted) return true;
    const call = { url: `${origin instanceof URL ? origin.origin : origin}${path}`, body: body as string };
    hangUp = this.#receiver.take(this.#host, call, {
      answered: ({ statusCode, headers, body: answer }) => {
        if (controller.aborted) return;
        handler.onResponseStart?.(controller, statusCode, { ...headers }, '');
        handler.onResponseData?.(controller, Buffer.from(answer));
        handler.onResponseEnd?.(controller, {});
      },
      failed: (error) => {
        if (!controller.aborted) handler.onResponseError?.(controller, error);
      },
    });
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return Promise.resolve();
  }
}
