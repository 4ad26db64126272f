import { describe, expect, it } from '@jest/globals';
import { metrics, metricsText } from './metrics.ts';

describe('the metrics', () => {
  it('are told in Prometheus’ text format, by name and attribute', async () => {
    metrics.probes.add(2, { region: 'eu', type: 'http', outcome: 'down' });
    metrics.probeSeconds.record(0.2, { region: 'eu', type: 'http' });
    const text = await metricsText();
    expect(text).toContain('# TYPE quorate_probes_total counter');
    expect(text).toContain('quorate_probes_total{region="eu",type="http",outcome="down"} 2');
    expect(text).toContain('quorate_probe_duration_seconds_bucket{region="eu",type="http",le="0.25"} 1');
  });

  it('carry no identity of this process: whoever scrapes adds it', async () => {
    expect(await metricsText()).not.toMatch(/target_info|otel_scope/);
  });
});
