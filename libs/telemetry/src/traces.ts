/**
 * Spans, and how their context crosses the log: in record headers, as W3C `traceparent`. Without an exporter all this
 * is a cheap no-op that still hands on a context that came in.
 */
import {
  ROOT_CONTEXT,
  TraceFlags,
  isSpanContextValid,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
} from '@opentelemetry/api';

/** The start attribute by which the sampler knows a failed check: those are always recorded and exported. */
export const failedCheckAttribute = 'quorate.check.failed';

const traceparentHeader = 'traceparent';
const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export type RecordHeaders = Readonly<Record<string, string>>;

export interface SpanSettings {
  /** The headers of the record that caused it, or a context; a new trace begins when left out. */
  readonly parent?: RecordHeaders | Context;
  readonly attributes?: Attributes;
  /** For spans made after the fact: when it began, in milliseconds since the epoch. */
  readonly startTime?: number;
  readonly kind?: SpanKind;
  /** Whether it tells of a failed check, which is exported whatever the sampling ratio says. */
  readonly failing?: boolean;
}

const tracer = trace.getTracer('quorate');

function isContext(parent: RecordHeaders | Context): parent is Context {
  return typeof parent.getValue === 'function';
}

function parentContext(parent: SpanSettings['parent']): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  return isContext(parent) ? parent : contextOf(parent);
}

export function startSpan(name: string, settings: SpanSettings = {}): Span {
  const { parent, attributes, startTime, kind, failing = false } = settings;
  return tracer.startSpan(
    name,
    {
      attributes: failing ? { ...attributes, [failedCheckAttribute]: true } : { ...attributes },
      ...(startTime === undefined ? {} : { startTime }),
      ...(kind === undefined ? {} : { kind }),
    },
    parentContext(parent),
  );
}

function spanContextOf(headers: RecordHeaders): SpanContext | null {
  const match = traceparentPattern.exec(headers[traceparentHeader] ?? '');
  if (match === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = match;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : null;
}

/** The context that a record's headers carry; the root where they carry none. */
export function contextOf(headers: RecordHeaders): Context {
  const spanContext = spanContextOf(headers);
  return spanContext === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

/** A context in which `span` is the parent. */
export function contextWith(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

/** The headers by which a record, or an HTTP request, hands on the trace; none where there is no trace. */
export function traceHeaders(source: Span | Context): Record<string, string> {
  const spanContext = 'spanContext' in source ? source.spanContext() : trace.getSpanContext(source);
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return {};
  const flags = (spanContext.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0');
  return { [traceparentHeader]: `00-${spanContext.traceId}-${spanContext.spanId}-${flags}` };
}

export function traceIdOf(headers: RecordHeaders): string | null {
  return spanContextOf(headers)?.traceId ?? null;
}
