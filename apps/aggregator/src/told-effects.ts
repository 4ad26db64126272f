/** Turns the effects of a decision into records, each with the trace that led to it. */
import { SpanKind } from '@opentelemetry/api';
import type { TaskWrite } from '@quorate/bus';
import type { Effect, VerdictFell } from '@quorate/consensus';
import type { Alert } from '@quorate/contracts';
import { startSpan, traceHeaders, traceIdOf, type RecordHeaders } from '@quorate/telemetry';

export interface ToldEffect {
  readonly effect: Effect;
  /** Null for what is only traced and counted. */
  readonly write: TaskWrite | null;
}

const headersOf = (traceparent: string | null): RecordHeaders => (traceparent === null ? {} : { traceparent });

/** The verdict as a span: the child of the vote that decided. */
function verdictHeaders(effect: VerdictFell): RecordHeaders {
  const { round, verdict, parent } = effect;
  const span = startSpan('verdict', {
    parent: headersOf(parent),
    failing: verdict === 'down',
    attributes: {
      'quorate.monitor.id': round.monitorId,
      'quorate.round.due_at': round.dueAt,
      'quorate.round.kind': round.kind,
      'quorate.verdict': verdict,
      'quorate.regions.expected': effect.expectedCount,
      'quorate.votes': effect.voteCount,
      'quorate.votes.down': effect.downCount,
    },
  });
  span.end();
  return traceHeaders(span);
}

export function alertHeaders(alert: Alert, parent: RecordHeaders): RecordHeaders {
  const span = startSpan('alert', {
    parent,
    kind: SpanKind.PRODUCER,
    failing: alert.transition !== 'pulse',
    attributes: {
      'quorate.monitor.id': alert.monitorId,
      'quorate.incident.id': alert.incidentId,
      'quorate.alert.transition': alert.transition,
      'quorate.regions.down': alert.regions.length,
      'quorate.regions.expected': alert.expectedRegions.length,
    },
  });
  span.end();
  return traceHeaders(span);
}

function writeOf(effect: Effect, parent: RecordHeaders): TaskWrite | null {
  switch (effect.kind) {
    case 'verdict-fell':
      return null;
    case 'confirmation':
      return { topic: 'confirmations', key: effect.check.monitorId, value: effect.check, headers: parent };
    case 'alert':
      return {
        topic: 'alerts',
        key: effect.alert.monitorId,
        value: effect.alert,
        headers: alertHeaders(effect.alert, parent),
      };
    case 'round-closed':
    case 'late-vote':
    case 'status-changed':
      return { topic: 'verdicts', key: effect.record.monitorId, value: effect.record, headers: parent };
    default:
      return effect satisfies never;
  }
}

/** The effects of one decision. What a verdict of it caused hangs below that verdict, where it is of the same trace. */
export function tell(effects: readonly Effect[]): ToldEffect[] {
  let verdict: RecordHeaders = {};
  return effects.map((effect) => {
    if (effect.kind === 'verdict-fell') verdict = verdictHeaders(effect);
    const parent = headersOf(effect.parent);
    const isOfVerdict = traceIdOf(parent) !== null && traceIdOf(parent) === traceIdOf(verdict);
    return { effect, write: writeOf(effect, isOfVerdict ? verdict : parent) };
  });
}
