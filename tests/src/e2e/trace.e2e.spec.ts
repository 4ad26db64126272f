/** One trace, from the scheduled check to the call at PagerDuty, whose body names it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPagerDutyStandIn, startTarget, type PagerDutyStandIn, type Target } from '@quorate/testing';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
import { killAll } from './processes.ts';
import { SingleProcess } from './single-process.ts';
import { until } from './until.ts';

let receiver: OtlpReceiver;
let system: SingleProcess;
let pagerDuty: PagerDutyStandIn;
let target: Target;

beforeAll(async () => {
  [receiver, pagerDuty, target] = await Promise.all([startOtlpReceiver(), startPagerDutyStandIn(), startTarget()]);
  system = await SingleProcess.start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
  await system.client.untilRegionsLive('eu', 'us', 'ap');
}, 60_000);
afterAll(async () => {
  await system.remove();
  await Promise.all([receiver.close(), pagerDuty.close(), target.close()]);
  await killAll();
});

/** The names from a span up to the first of its trace. */
function pathToRoot(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span.name] : [span.name, ...pathToRoot(parent, spans)];
}

describe('a page', () => {
  it('ends one trace that begins at a scheduled check and holds probes, verdict and alert between', async () => {
    const { id } = await system.client.addMonitor(target.url, [await system.client.addChannel(pagerDuty.url)]);
    await system.client.untilStatus(id, 'up', 20_000);
    target.failFor(['eu', 'us']);
    const page = await until(() => pagerDuty.calls[0], {
      withinMs: 30_000,
      what: 'the page',
    });
    const traceId = String(page.event.payload?.custom_details?.['trace_id']);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(page.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-`));
    const ofTrace = (): ReceivedSpan[] => receiver.spans.filter((span) => span.traceId === traceId);
    const attempt = await until(() => ofTrace().find(({ name }) => name === 'delivery.attempt'), {
      withinMs: 10_000,
      what: 'the span of the call',
      instead: ofTrace,
    });
    // Confirming rounds hang on the probe that raised the suspicion.
    expect(pathToRoot(attempt, ofTrace()).join(' < ')).toMatch(
      /^delivery\.attempt < deliveries\.plan < alert < verdict( < probe)+ < check\.scheduled$/,
    );
    const names = ofTrace().map(({ name }) => name);
    expect(names.filter((name) => name === 'probe').length).toBeGreaterThanOrEqual(3);
  }, 90_000);
});
