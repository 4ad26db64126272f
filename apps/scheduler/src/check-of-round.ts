/** The check that announces a scheduled round to the regions, and the trace that begins with it. */
import { SpanKind } from '@opentelemetry/api';
import type { TaskWrite } from '@quorate/bus';
import { probeOf, type Check } from '@quorate/contracts';
import { regionsOfRound, type KnownRegions } from '@quorate/schedule';
import { startSpan, traceHeaders } from '@quorate/telemetry';
import type { DueMonitor } from './scheduled-partition.ts';

export function checkOfRound({ monitor, round }: DueMonitor, known: KnownRegions): Check {
  return {
    v: 1,
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    dueAt: round.dueAt,
    kind: 'scheduled',
    ...regionsOfRound(monitor.regions, known),
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
