/** A stand-in for PagerDuty's Events API v2 that remembers every event it took. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface PagerDutyEvent {
  readonly receivedAt: number;
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string; readonly custom_details: Record<string, unknown> };
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface PagerDutyStandIn {
  readonly url: string;
  readonly events: readonly PagerDutyEvent[];
  /** The events of one kind whose summary or details name `monitor`, or whose key one of those has. */
  of(action: PagerDutyEvent['event_action'], dedupKey?: string): readonly PagerDutyEvent[];
  close(): Promise<void>;
}

export async function startPagerDuty(): Promise<PagerDutyStandIn> {
  const events: PagerDutyEvent[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const event = body as PagerDutyEvent;
      events.push({ ...event, receivedAt: Date.now(), headers: request.headers });
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/enqueue`,
    events,
    of: (action, dedupKey) =>
      events.filter((event) => event.event_action === action && (dedupKey ?? event.dedup_key) === event.dedup_key),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
