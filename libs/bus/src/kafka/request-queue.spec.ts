import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { mendRequestQueue } from './request-queue.ts';

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (options: object) => {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: unknown[];
  maybeThrottle(durationMs: number): void;
  checkPendingRequests(): void;
  push(request: object): void;
};
mendRequestQueue(RequestQueue);

const logger = { debug() {}, warn() {} };
const idleQueue = () => new RequestQueue({ requestTimeout: 1_000, clientId: 'spec', broker: 'spec', logger });

describe("kafkajs' request queue, mended", () => {
  afterEach(() => void jest.useRealTimers());

  it('has no timer while nothing waits', () => {
    const queue = idleQueue();
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('still sends what waited for the end of a throttling', () => {
    jest.useFakeTimers();
    const queue = idleQueue();
    const sendRequest = jest.fn();
    queue.maybeThrottle(500);
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest });
    expect(sendRequest).not.toHaveBeenCalled();
    jest.advanceTimersByTime(501);
    expect(sendRequest).toHaveBeenCalledTimes(1);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
