/** Mends the timer of kafkajs' request queue. */

interface RequestQueue {
  pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

const checkMs = 10;

/**
 * kafkajs 2.2.4 re-arms the timer after each answer, also when nothing waits, with a delay that is negative and so one
 * millisecond: about 880 wake-ups a second and connection, for ever. The mended one is armed only while requests wait.
 */
export function mendRequestQueue(queue: {
  prototype: { scheduleCheckPendingRequests(this: RequestQueue): void };
}): void {
  queue.prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const delayMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      delayMs > 0 ? delayMs : checkMs,
    );
  };
}
