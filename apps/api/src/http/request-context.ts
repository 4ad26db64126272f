/** What belongs to one request wherever its work is done: its ID, its span and its route. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { SpanKind, type Span } from '@opentelemetry/api';
import { metrics, startSpan, traceHeaders } from '@quorate/telemetry';
import type { NextFunction, Request, Response } from 'express';

interface RequestContext {
  readonly id: string;
  readonly span: Span;
  /** The route's pattern: the path itself would be a name without bound. */
  route: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

const requestIdPattern = /^[\w.-]{1,64}$/;

/** The trace context of the request being answered, for the headers of records that it causes. */
export function requestTraceHeaders(): Record<string, string> {
  const context = storage.getStore();
  return context === undefined ? {} : traceHeaders(context.span);
}

export function currentRequestId(): string | null {
  return storage.getStore()?.id ?? null;
}

/** Names the request once its route is known. */
export function nameRequest(route: string): void {
  const context = storage.getStore();
  if (context === undefined) return;
  context.route = route;
  context.span.updateName(route).setAttribute('http.route', route);
}

/** Gives each request an ID, its own or a new one, and a span and a measure that end with the answer. */
export function withRequestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id') ?? '';
  const id = requestIdPattern.test(given) ? given : randomUUID();
  const span = startSpan(request.method, {
    parent: parentOf(request),
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': request.method },
  });
  const context: RequestContext = { id, span, route: 'unknown' };
  response.setHeader('X-Request-Id', id);
  const startedAt = performance.now();
  response.once('close', () => measure(context, response.statusCode, performance.now() - startedAt));
  storage.run(context, next);
}

function measure({ span, route }: RequestContext, status: number, durationMs: number): void {
  span.setAttribute('http.response.status_code', status);
  span.end();
  metrics.httpRequestSeconds.record(durationMs / 1_000, { route, status });
}

function parentOf(request: Request): Record<string, string> {
  const traceparent = request.get('traceparent');
  return traceparent === undefined ? {} : { traceparent };
}
