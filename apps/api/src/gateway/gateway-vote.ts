/** The vote of the gateway, with the trace of the check that it answers. */
import { SpanKind } from '@opentelemetry/api';
import type { TaskWrite } from '@quorate/bus';
import { gatewayRegion, type Instant, type Vote } from '@quorate/contracts';
import { startSpan, traceHeaders } from '@quorate/telemetry';
import type { Answer } from './gateway-partition.ts';

/** Nobody was dialled: the only time there is to tell of is that of the job's last run. */
function voteOf(answer: Answer, gatewayId: string, now: Instant): Vote {
  const { monitorId, monitorVersion, dueAt, kind } = answer.check;
  return {
    v: 1,
    monitorId,
    monitorVersion,
    dueAt,
    kind,
    region: gatewayRegion,
    proberId: gatewayId,
    outcome: answer.outcome,
    reason: answer.reason,
    message: answer.message,
    startedAt: now,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: answer.runMs ?? 0 },
    statusCode: null,
    address: null,
    connection: 'fresh',
    certificate: null,
    excerpt: answer.excerpt,
    redirects: 0,
  };
}

export function voteWriteOf(answer: Answer, gatewayId: string, now: Instant): TaskWrite {
  const vote = voteOf(answer, gatewayId, now);
  const span = startSpan('heartbeat', {
    parent: answer.record.headers,
    kind: SpanKind.INTERNAL,
    failing: vote.outcome === 'down',
    attributes: {
      'quorate.monitor.id': vote.monitorId,
      'quorate.round.kind': vote.kind,
      'quorate.round.due_at': vote.dueAt,
      'quorate.vote.outcome': vote.outcome,
      ...(vote.reason === null ? {} : { 'quorate.vote.reason': vote.reason }),
    },
  });
  const headers = traceHeaders(span);
  span.end();
  return { topic: 'votes', key: vote.monitorId, value: vote, headers };
}
