/** What specs of storms look for: many sites by number, and whatever is not as it should be once all is over. */
import type { Delivery } from '@quorate/contracts';
import type { PagerDutyEvent, PagerDutyStandIn } from '@quorate/testing';
import { channelId as ownChannelId } from './alert.stage.ts';
import type { DeliveryStage } from './delivery.stage.ts';

/** The numbers of sites. */
export function sites(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** What was heard of roll-ups. */
export function stormEvents({ events }: PagerDutyStandIn): PagerDutyEvent[] {
  return events.filter(({ dedup_key }) => dedup_key.startsWith('storm:'));
}

/** Until there are at least so many deliveries, and none of them waits. */
export async function untilAllEnded(stage: DeliveryStage, countMin: number, stepMs = 500): Promise<Delivery[]> {
  let deliveries: Delivery[] = [];
  await stage.until(async () => {
    deliveries = await stage.deliveries();
    return deliveries.length >= countMin && deliveries.every(({ state }) => state !== 'pending');
  }, stepMs);
  return deliveries;
}

/** How a trigger was told otherwise than it should have been; null when it was told in one way. */
function faultOf({ state, alert, rolledUpIn }: Delivery, keys: ReadonlySet<string>): string | null {
  const isRolledUp = state === 'rolled-up';
  const key = isRolledUp ? (rolledUpIn?.stormId ?? '') : alert.incidentId;
  if (!keys.has(key)) return `${alert.incidentId} is ${state}, and nobody heard of it`;
  return isRolledUp && keys.has(alert.incidentId) ? `${alert.incidentId} was rolled up, and paged as well` : null;
}

/** What is wrong at PagerDuty once everything is over: each incident is told in one way, and resolved there. */
export async function stormFaults(stage: DeliveryStage, incidentCount: number): Promise<string[]> {
  const { alerts } = stage.pagerDuty;
  const faults = alerts.filter(({ state }) => state !== 'resolved').map(({ dedupKey }) => `${dedupKey} is left open`);
  const keys = new Set(alerts.map(({ dedupKey }) => dedupKey));
  if (keys.size < alerts.length) faults.push('a key was opened again after its resolve');
  const triggers = (await stage.deliveries()).filter(
    ({ alert, storm, channelId }) => storm === null && alert.transition === 'opened' && channelId === ownChannelId,
  );
  if (triggers.length !== incidentCount) faults.push(`there are ${triggers.length} triggers`);
  return [...faults, ...triggers.flatMap((trigger) => faultOf(trigger, keys) ?? [])];
}
