/** Whether a run has come to rest: every incident is resolved, and nothing waits to be sent. */
import type { Alert, Delivery, Instant } from '@quorate/contracts';
import type { Ledger } from './ledger.ts';

/** What follows from an alert, its round's end and its deliveries, is written within this time. */
const followedMsMax = 10_000;

export function isAtRest(ledger: Ledger, now: Instant): boolean {
  return hasFollowed(ledger, now) && openIncidents(ledger).size === 0 && waitingDeliveries(ledger).size === 0;
}

function hasFollowed(ledger: Ledger, now: Instant): boolean {
  const newest = ledger.records('alerts').at(-1);
  return newest === undefined || newest.appendedAt + followedMsMax < now;
}

function openIncidents(ledger: Ledger): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { value } of ledger.records('alerts')) {
    const { incidentId, transition } = JSON.parse(value ?? '{}') as Alert;
    if (transition === 'resolved') open.delete(incidentId);
    else open.add(incidentId);
  }
  return open;
}

function waitingDeliveries(ledger: Ledger): ReadonlySet<string> {
  const waiting = new Set<string>();
  for (const { key, value } of ledger.records('deliveries')) {
    const delivery = JSON.parse(value ?? 'null') as Delivery | null;
    if (delivery?.state === 'pending') waiting.add(key);
    else waiting.delete(key);
  }
  return waiting;
}
