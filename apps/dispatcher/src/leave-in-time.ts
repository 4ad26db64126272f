/** Holds back a call that would leave too late, at the last moment: when its connection is there. */
import type { Dispatcher } from 'undici';

type Handler = Dispatcher.DispatchHandler;
/** What undici tells a handler, less the name of the handler's method. */
type Told<Method extends keyof Handler> = Parameters<NonNullable<Handler[Method]>>;

class TimedHandler implements Handler {
  readonly #handler: Handler;
  readonly #until: number;

  constructor(handler: Handler, until: number) {
    this.#handler = handler;
    this.#until = until;
  }

  onRequestStart(...told: Told<'onRequestStart'>): void {
    this.#handler.onRequestStart?.(...told);
    if (performance.now() >= this.#until)
      told[0].abort(new Error('held back: its time was over before it could leave'));
  }

  onResponseStart(...told: Told<'onResponseStart'>): void {
    this.#handler.onResponseStart?.(...told);
  }

  onResponseData(...told: Told<'onResponseData'>): void {
    this.#handler.onResponseData?.(...told);
  }

  onResponseEnd(...told: Told<'onResponseEnd'>): void {
    this.#handler.onResponseEnd?.(...told);
  }

  onResponseError(...told: Told<'onResponseError'>): void {
    this.#handler.onResponseError?.(...told);
  }
}

/**
 * A process that was frozen hears first that its connection is there, and only then that time is over: by then a
 * successor may have sent the same trigger, and its resolve.
 * @param until by `performance.now()`
 */
export function leaveInTime(until: number): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new TimedHandler(handler, until));
}
