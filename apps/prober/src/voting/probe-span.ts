/** The span of a probe, made after the fact from what was measured: probes themselves run untraced. */
import { SpanKind, type Span } from '@opentelemetry/api';
import type { Check, Evidence } from '@quorate/contracts';
import { contextWith, startSpan, traceHeaders, type RecordHeaders } from '@quorate/telemetry';

export interface ProbeTrace {
  readonly check: Check;
  readonly evidence: Evidence;
  readonly region: string;
  /** The headers of the check's record. */
  readonly headers: RecordHeaders;
}

function attributesOf({ check, evidence, region }: ProbeTrace): Record<string, string | number> {
  return {
    'quorate.monitor.id': check.monitorId,
    'quorate.round.kind': check.kind,
    'quorate.round.due_at': check.dueAt,
    'quorate.region': region,
    'quorate.probe.type': check.probe.type,
    'quorate.vote.outcome': evidence.outcome,
    ...(evidence.reason === null ? {} : { 'quorate.vote.reason': evidence.reason }),
    ...(evidence.address === null ? {} : { 'network.peer.address': evidence.address }),
    ...(evidence.statusCode === null ? {} : { 'http.response.status_code': evidence.statusCode }),
  };
}

/** The phases follow each other without a gap. Those of a redirect's hops are shown added up. */
function addPhases(span: Span, { phases, startedAt }: Evidence, failing: boolean): void {
  const parent = contextWith(span);
  const { authMs = null, dnsMs, connectMs, tlsMs, ttfbMs, transferMs } = phases;
  const durations = { auth: authMs, dns: dnsMs, connect: connectMs, tls: tlsMs, ttfb: ttfbMs, transfer: transferMs };
  let startTime = startedAt;
  for (const [name, ms] of Object.entries(durations)) {
    if (ms === null) continue;
    startSpan(name, { parent, startTime, failing }).end(startTime + ms);
    startTime += ms;
  }
}

/** Returns the headers by which the vote hands on the trace. */
export function traceProbe(trace: ProbeTrace): Record<string, string> {
  const { evidence, headers } = trace;
  const failing = evidence.outcome === 'down';
  const attributes = attributesOf(trace);
  const span = startSpan('probe', {
    parent: headers,
    attributes,
    startTime: evidence.startedAt,
    kind: SpanKind.CLIENT,
    failing,
  });
  if (span.isRecording()) addPhases(span, evidence, failing);
  span.end(evidence.startedAt + evidence.phases.totalMs);
  return traceHeaders(span);
}
