/** Which traces are exported: a ratio of them, and every failed check. */
import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';
import { failedCheckAttribute } from './traces.ts';

/** Spans are made after a check's result is known, so a failed one can be kept whatever the ratio says. */
class FailedChecksSampler implements Sampler {
  readonly #delegate: Sampler;

  constructor(delegate: Sampler) {
    this.#delegate = delegate;
  }

  shouldSample(...sampled: [Context, string, string, SpanKind, Attributes, Link[]]): SamplingResult {
    if (sampled[4][failedCheckAttribute] === true) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return this.#delegate.shouldSample(...sampled);
  }

  toString(): string {
    return `FailedChecks{${this.#delegate.toString()}}`;
  }
}

/** A bad ratio counts as 1, as OpenTelemetry's specification asks. */
function ratioFrom(text: string | undefined): number {
  const ratio = Number(text ?? '1');
  return text !== '' && ratio >= 0 && ratio <= 1 ? ratio : 1;
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name.endsWith('always_off')) return new AlwaysOffSampler();
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return new TraceIdRatioBasedSampler(ratio);
}

/** Reads `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. */
export function samplerFrom(environment: Readonly<Record<string, string | undefined>>): Sampler {
  const name = environment['OTEL_TRACES_SAMPLER'] ?? 'parentbased_traceidratio';
  const root = rootSampler(name, ratioFrom(environment['OTEL_TRACES_SAMPLER_ARG']));
  const parentBased = name === '' || name.startsWith('parentbased_');
  return new FailedChecksSampler(parentBased ? new ParentBasedSampler({ root }) : root);
}
