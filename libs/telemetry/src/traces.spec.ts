import { ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from '@jest/globals';
import { contextOf, contextWith, startSpan, traceHeaders, traceIdOf } from './traces.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

describe('a trace', () => {
  it('crosses the log in the headers of records', () => {
    expect(traceIdOf(headers)).toBe(traceId);
    expect(traceHeaders(contextOf(headers))).toEqual(headers);
  });

  it('is handed on by a process that exports nothing', () => {
    const span = startSpan('probe', { parent: headers, failing: true });
    expect(traceHeaders(span)).toEqual(headers);
    expect(traceHeaders(contextWith(span))).toEqual(headers);
  });

  it('is not made up where nothing exports', () => {
    expect(traceHeaders(startSpan('check'))).toEqual({});
    expect(traceHeaders(ROOT_CONTEXT)).toEqual({});
  });

  it.each([
    ['nothing', {}],
    ['a foreign version', { traceparent: `ff-${traceId}-b7ad6b7169203331-01` }],
    ['zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
    ['garbage', { traceparent: 'garbage' }],
  ])('is none when the headers carry %s', (_what, carried) => {
    expect(traceIdOf(carried)).toBeNull();
    expect(contextOf(carried)).toBe(ROOT_CONTEXT);
  });
});
