import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from '@jest/globals';
import { samplerFrom } from './sampler.ts';
import { failedCheckAttribute } from './traces.ts';

const traceId = 'ffffffffffffffffffffffffffffffff';

function keeps(environment: Record<string, string>, { failed = false, parentFlags = -1 } = {}): boolean {
  const spanContext = { traceId, spanId: 'b7ad6b7169203331', traceFlags: parentFlags, isRemote: true };
  const context = parentFlags < 0 ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const attributes = failed ? { [failedCheckAttribute]: true } : {};
  const result = samplerFrom(environment).shouldSample(context, traceId, 'probe', SpanKind.INTERNAL, attributes, []);
  return result.decision === SamplingDecision.RECORD_AND_SAMPLED;
}

describe('the sampler', () => {
  it.each([
    ['by default', {}, true],
    ['with always_off', { OTEL_TRACES_SAMPLER: 'always_off' }, false],
    ['with a ratio of 0', { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, false],
    ['with a ratio of 1', { OTEL_TRACES_SAMPLER_ARG: '1' }, true],
    ['with a ratio that is none', { OTEL_TRACES_SAMPLER_ARG: 'many' }, true],
  ])('%s says whether a new trace is kept', (_how, environment, kept) => {
    expect(keeps(environment)).toBe(kept);
  });

  it('keeps every failed check, whatever the ratio and the parent say', () => {
    const environment = { OTEL_TRACES_SAMPLER: 'parentbased_always_off' };
    expect(keeps(environment, { failed: true })).toBe(true);
    expect(keeps(environment, { failed: true, parentFlags: 0 })).toBe(true);
  });

  it('follows the parent', () => {
    expect(keeps({ OTEL_TRACES_SAMPLER_ARG: '0' }, { parentFlags: 1 })).toBe(true);
    expect(keeps({}, { parentFlags: 0 })).toBe(false);
  });
});
