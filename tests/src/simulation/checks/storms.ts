/**
 * No more monitors page on their own than the brake of a channel lets through, and a roll-up is over with the last of
 * its members, not before.
 */
import type { Delivery, Instant } from '@quorate/contracts';
import { short, type Evidence } from './finding.ts';
import type { History, Written } from './history.ts';

type WrittenDelivery = Written<Delivery>;

export interface StormCounts {
  storms: number;
  members: number;
}

/** Each delivery as it was written last. */
export function lastForms({ deliveries }: History): Delivery[] {
  const forms = new Map<string, Delivery>();
  for (const { value } of deliveries) if (value !== null) forms.set(value.deliveryId, value);
  return [...forms.values()];
}

export function checkStorms(evidence: Evidence): StormCounts {
  const forms = lastForms(evidence.history);
  for (const [channelId, ofChannel] of Map.groupBy(forms, (form) => form.channelId)) {
    checkBrake(evidence, channelId, ofChannel);
  }
  const members = Map.groupBy(
    forms.filter(({ state }) => state === 'rolled-up'),
    ({ rolledUpIn }) => rolledUpIn?.stormId ?? '',
  );
  for (const [stormId, ofStorm] of members) checkEnd(evidence, stormId, ofStorm);
  const opened = forms.filter(({ alert }) => alert.transition === 'opened');
  return {
    storms: opened.filter(({ alert }) => alert.subject === 'storm').length,
    members: opened.filter(({ state }) => state === 'rolled-up').length,
  };
}

function checkBrake({ scenario, violate }: Evidence, channelId: string, forms: readonly Delivery[]): void {
  const { openedMax, windowSeconds } = scenario.stormBrake;
  const alone = forms
    .filter(({ alert, state }) => alert.subject === 'monitor' && alert.transition === 'opened' && state !== 'rolled-up')
    .toSorted((left, right) => left.plannedAt - right.plannedAt);
  for (const [index, { plannedAt }] of alone.entries()) {
    const within = alone.slice(0, index + 1).filter((one) => plannedAt - one.plannedAt < windowSeconds * 1_000);
    const count = new Set(within.map(({ alert }) => alert.monitorId)).size;
    if (count > openedMax)
      violate(`${count} monitors paged channel ${short(channelId)} on their own at ${plannedAt}, ${openedMax} may`);
  }
}

function firstWritten(deliveries: readonly WrittenDelivery[], stormId: string, transition: string): Instant | null {
  const first = deliveries.find(
    ({ value: { alert } }) => alert.incidentId === stormId && alert.transition === transition,
  );
  return first?.appendedAt ?? null;
}

function checkEnd({ history, violate }: Evidence, stormId: string, members: readonly Delivery[]): void {
  const written = history.deliveries.flatMap((one) => (one.value === null ? [] : [{ ...one, value: one.value }]));
  const name = short(stormId);
  const endedAt = firstWritten(written, stormId, 'resolved');
  if (firstWritten(written, stormId, 'opened') === null) violate(`${name} has members and was never told of`);
  if (endedAt === null) violate(`${name} was never resolved`);
  for (const { alert, deliveryId } of members) {
    if (alert.transition !== 'opened') continue;
    const isResolve = ({ key, value }: WrittenDelivery): boolean =>
      value.alert.incidentId === alert.incidentId &&
      value.alert.transition === 'resolved' &&
      sameChannel(key, deliveryId);
    const resolvedAt = written.find(isResolve)?.appendedAt ?? Infinity;
    if (endedAt !== null && endedAt < resolvedAt) violate(`${name} was over before ${short(alert.incidentId)} was`);
  }
}

function sameChannel(left: string, right: string): boolean {
  return left.slice(left.lastIndexOf(':')) === right.slice(right.lastIndexOf(':'));
}
