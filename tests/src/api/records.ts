/** Builders of the records that the other services would write. */
import { randomUUID } from 'node:crypto';
import { newDelivery } from '@quorate/alerting';
import {
  alertIdOf,
  incidentIdOf,
  type Alert,
  type Delivery,
  type Heartbeat,
  type RoundClosed,
  type StatusChanged,
} from '@quorate/contracts';
import { castVoteOf, silentRegion } from '@quorate/testing';
import type { Told } from './api-system.ts';

export const startAt = Date.UTC(2026, 10, 21, 10);

export function roundOf(monitorId: string, change: Partial<RoundClosed> = {}): RoundClosed {
  return {
    v: 1,
    type: 'round-closed',
    monitorId,
    monitorVersion: 1,
    dueAt: startAt,
    kind: 'scheduled',
    verdict: 'up',
    decidedAt: startAt + 100,
    closedAt: startAt + 200,
    expectedRegions: ['eu', 'us'],
    absentRegions: [],
    quarantinedRegions: [],
    missedRoundCount: 0,
    votes: [castVoteOf('eu', 'up', startAt), castVoteOf('us', 'up', startAt)],
    ...change,
  };
}

export function statusOf(monitorId: string, status: StatusChanged['status'], since = startAt): StatusChanged {
  return { v: 1, type: 'status-changed', monitorId, monitorVersion: 1, status, since, flapping: false, regions: [] };
}

export function alertOf(monitorId: string, change: Partial<Alert> = {}): Alert {
  const openedAt = change.openedAt ?? startAt + 40_000;
  const incidentId = change.incidentId ?? incidentIdOf(monitorId, openedAt);
  const { transition = 'opened', sequence = 0 } = change;
  return {
    v: 1,
    subject: 'monitor',
    trouble: null,
    alertId: alertIdOf(incidentId, transition, sequence),
    incidentId,
    monitorId,
    transition,
    sequence,
    at: openedAt,
    monitor: { name: 'Shop', type: 'http', target: 'https://shop.example.com/health', tags: {} },
    channelIds: [],
    firstFailureAt: openedAt - 40_000,
    openedAt,
    resolvedAt: null,
    resolveCause: null,
    acknowledgedBy: null,
    regions: ['eu', 'us'],
    expectedRegions: ['eu', 'us'],
    votes: [castVoteOf('eu', 'down', startAt), castVoteOf('us', 'down', startAt)],
    ...change,
  };
}

/** An alert of Quorate itself; `conditionId` is what stands for a monitor's ID. */
export function platformAlertOf(conditionId: string, change: Partial<Alert> = {}): Alert {
  return alertOf(conditionId, { ...silentRegion, ...change });
}

export function resolvedAlertOf(monitorId: string, change: Partial<Alert> = {}): Alert {
  const resolvedAt = startAt + 90_000;
  return alertOf(monitorId, {
    transition: 'resolved',
    at: resolvedAt,
    resolvedAt,
    resolveCause: 'recovered',
    ...change,
  });
}

export function deliveryOf(alert: Alert, channelId: string, change: Partial<Delivery> = {}): Delivery {
  return { ...newDelivery(alert, channelId, alert.at + 10), ...change };
}

export function heartbeatOf(region: string, at: number): Heartbeat {
  return {
    v: 1,
    region,
    proberId: `${region}-1`,
    version: '0.0.0',
    startedAt: at,
    at,
    state: 'running',
    isolated: false,
  };
}

type MonitorValue = { readonly monitorId: string };

export function verdictTold(value: MonitorValue): Told {
  return { topic: 'verdicts', key: value.monitorId, value };
}

export function alertTold(value: Alert): Told {
  return { topic: 'alerts', key: value.monitorId, value };
}

export function deliveryTold(value: Delivery): Told {
  return { topic: 'deliveries', key: value.deliveryId, partitionKey: value.channelId, value };
}

export function heartbeatTold(value: Heartbeat): Told {
  return { topic: 'heartbeats', key: `${value.region}/${value.proberId}`, value };
}

export function unknownId(): string {
  return randomUUID();
}
