/** The check that announces a scheduled round to the regions, and the trace that begins with it. */
import { SpanKind } from '@opentelemetry/api';
import type { TaskWrite } from '@quorate/bus';
import type { Check, MonitorRecord, Probe } from '@quorate/contracts';
import { assignedRegions } from '@quorate/schedule';
import { startSpan, traceHeaders } from '@quorate/telemetry';
import type { DueMonitor } from './scheduled-partition.ts';

/** The regions as a tick sees them. */
export interface KnownRegions {
  readonly live: readonly string[];
  readonly registered: readonly string[];
}

function probeOf(monitor: MonitorRecord): Probe {
  return monitor.type === 'http' ? { type: 'http', http: monitor.http } : { type: 'tcp', tcp: monitor.tcp };
}

export function checkOfRound({ monitor, round }: DueMonitor, { live, registered }: KnownRegions): Check {
  return {
    v: 1,
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    dueAt: round.dueAt,
    kind: 'scheduled',
    expectedRegions: [...assignedRegions(monitor.regions, live)],
    registeredRegions: [...assignedRegions(monitor.regions, registered)],
    timeoutMs: monitor.timeoutSeconds * 1_000,
    decision: monitor.decision,
    missedRoundCount: round.missedRoundCount,
    probe: probeOf(monitor),
  };
}

/** Everything that follows from a round, up to the page, is one trace; here is its root. */
export function writeOf(check: Check): TaskWrite {
  const span = startSpan('check.scheduled', {
    kind: SpanKind.PRODUCER,
    attributes: { 'quorate.monitor.id': check.monitorId, 'quorate.round.due_at': check.dueAt },
  });
  const headers = traceHeaders(span);
  span.end();
  return { topic: 'checks', key: check.monitorId, value: check, headers };
}
