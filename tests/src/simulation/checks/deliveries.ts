/**
 * Each intent reaches each of its channels at least once, trigger before resolve; and it does so once, unless a process
 * died, froze or was cut off between the send and its record, or the other side took it and its answer was lost.
 */
import type { Alert, Delivery, Instant } from '@quorate/contracts';
import type { PageEvent } from '../world/ledger.ts';
import { short, type Evidence } from './finding.ts';
import type { History } from './history.ts';
import { lastForms } from './storms.ts';

const actions: Partial<Record<Alert['transition'], string>> = {
  opened: 'trigger',
  acknowledged: 'acknowledge',
  resolved: 'resolve',
};

/** PagerDuty repeats by itself: reminders are not sent there. A roll-up's new list is a trigger once more. */
function actionOf({ subject, transition }: Alert): string | undefined {
  return subject === 'storm' && transition === 'updated' ? 'trigger' : actions[transition];
}

interface Wanted {
  readonly name: string;
  readonly key: string;
}

function wantedOn(channelId: string, alert: Alert): Wanted[] {
  const action = actionOf(alert);
  if (action === undefined) return [];
  return [{ name: short(alert.alertId), key: pageKey({ channelId, dedupKey: alert.incidentId, action }) }];
}

/** What is told in a roll-up is not told on its own; then it is the roll-up that has to arrive. */
function wantedOf({ history }: Evidence): Wanted[] {
  const forms = lastForms(history);
  const rolledUp = new Set(forms.flatMap(({ state, deliveryId }) => (state === 'rolled-up' ? [deliveryId] : [])));
  const alone = history.alerts.flatMap(({ value: alert }) =>
    alert.channelIds
      .filter((channelId) => !rolledUp.has(`${alert.alertId}:${channelId}`))
      .flatMap((channelId) => wantedOn(channelId, alert)),
  );
  const ofStorms = forms.filter(({ storm }) => storm !== null);
  return [...alone, ...ofStorms.flatMap(({ channelId, alert }) => wantedOn(channelId, alert))];
}

function pageKey({ channelId, dedupKey, action }: Pick<PageEvent, 'channelId' | 'dedupKey' | 'action'>): string {
  return `${channelId} ${dedupKey} ${action}`;
}

export interface DeliveryCounts {
  intents: number;
  /** Accepted more than once, each with an injected fault behind it. */
  doubled: number;
}

export function checkDeliveries(evidence: Evidence): DeliveryCounts {
  const { history, ledger, violate } = evidence;
  const accepted = Map.groupBy(
    ledger.pages.filter((page) => page.accepted),
    pageKey,
  );
  const wanted = wantedOf(evidence);
  for (const { name, key } of wanted) if (!accepted.has(key)) violate(`${name} never reached channel ${short(key)}`);
  // A roll-up is triggered anew with each list of its members.
  const ofIncidents = [...accepted.values()].filter(([page]) => page?.dedupKey.startsWith('storm:') === false);
  const wantedKeys = new Set(wanted.map(({ key }) => key));
  for (const key of accepted.keys()) if (!wantedKeys.has(key)) violate(`${short(key)} was sent and never decided`);
  for (const pages of ofIncidents) checkDoubles(evidence, pages);
  checkDepartures(evidence);
  checkOrder(evidence);
  for (const { key, value } of history.deadLetters)
    violate(`dead letter ${key}: ${JSON.stringify(value).slice(0, 400)}`);
  const doubled = ofIncidents.reduce((sum, pages) => sum + pages.length - 1, 0);
  return { intents: wanted.length, doubled };
}

function checkDoubles(evidence: Evidence, pages: readonly PageEvent[]): void {
  for (const [index, page] of pages.entries()) {
    const again = pages[index + 1];
    if (again === undefined || !page.answered) continue;
    // Whichever of the two was begun first: a process that was frozen as it began comes last.
    const [begunAt, laterAt] = [page.begunAt, again.begunAt].sort((left, right) => left - right);
    const until = Math.min(laterAt ?? 0, recordedAtOf(evidence, page) ?? Infinity);
    const isExcused = evidence.ledger.disturbances.some(
      ({ whom, from, to }) => whom === 'dispatcher' && from <= until && (begunAt ?? 0) <= to,
    );
    if (!isExcused) {
      evidence.violate(
        `${page.action} of ${short(page.dedupKey)} was sent again by ${again.from}, and no fault explains it`,
      );
    }
  }
}

/** Nobody sends before the log says so: an owner that was replaced finds out before it sends, not after. */
function checkDepartures({ history, ledger, violate }: Evidence): void {
  const departures = Map.groupBy(departuresOf(history), ({ delivery: { channelId, alert } }) =>
    pageKey({ channelId, dedupKey: alert.incidentId, action: actionOf(alert) ?? '' }),
  );
  for (const [key, pages] of Map.groupBy(ledger.pages, pageKey)) {
    const inOrder = pages.toSorted((left, right) => left.begunAt - right.begunAt);
    for (const [index, page] of inOrder.entries()) {
      const known = (departures.get(key) ?? []).filter(({ appendedAt }) => appendedAt <= page.begunAt);
      if (known.length <= index) violate(`${page.from} sent ${short(key)} before the log knew that it would`);
    }
  }
}

/** Each time at which the log was told that a delivery leaves. */
function departuresOf({ deliveries }: History): { delivery: Delivery; appendedAt: Instant }[] {
  const before = new Map<string, Delivery>();
  return deliveries.flatMap(({ value, appendedAt }) => {
    if (value === null) return [];
    const isNow = isDeparture(value, before.get(value.deliveryId));
    before.set(value.deliveryId, value);
    return isNow ? [{ delivery: value, appendedAt }] : [];
  });
}

/** What is written after a try that failed counts that try; a departure counts none. */
function isDeparture({ state, departedAt, attemptCount }: Delivery, before: Delivery | undefined): boolean {
  return state === 'pending' && departedAt !== null && attemptCount === before?.attemptCount;
}

/** When the log first said that it was delivered. */
function recordedAtOf({ history }: Evidence, { channelId, dedupKey, action }: PageEvent): Instant | undefined {
  return history.deliveries.find(
    ({ value }) =>
      value?.state === 'delivered' &&
      value.channelId === channelId &&
      value.alert.incidentId === dedupKey &&
      actions[value.alert.transition] === action,
  )?.appendedAt;
}

function checkOrder({ ledger, violate }: Evidence): void {
  const byIncident = Map.groupBy(
    ledger.pages.filter((page) => page.accepted),
    ({ channelId, dedupKey }) => `${channelId} ${dedupKey}`,
  );
  for (const pages of byIncident.values()) {
    const name = short(pages[0]?.dedupKey ?? '');
    const [trigger, resolve] = [pages.find(isOf('trigger')), pages.find(isOf('resolve'))];
    if (resolve !== undefined && (trigger === undefined || trigger.at > resolve.at)) {
      violate(`${name} was resolved before it was triggered`);
    }
    const late = pages.findLast(isOf('trigger'));
    if (resolve !== undefined && late !== undefined && late.at > resolve.at) {
      violate(`${name} was triggered again after its resolve, by ${late.from}`);
    }
  }
}

function isOf(action: string): (page: PageEvent) => boolean {
  return (page) => page.action === action;
}
