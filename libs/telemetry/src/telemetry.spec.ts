import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { startTelemetry } from './telemetry.ts';
import { startSpan, traceHeaders, traceIdOf } from './traces.ts';

const identity = { service: 'prober', instance: 'prober-1', version: '1.2.3' };

interface ExportRequest {
  resourceSpans: { resource: object; scopeSpans: { spans: { name: string; traceId: string }[] }[] }[];
}

describe('telemetry', () => {
  it('exports nothing where no receiver is named', async () => {
    expect((await startTelemetry({ ...identity, environment: {} })).exporting).toBe(false);
  });

  it('sends spans to the receiver, the last ones at the end', async () => {
    const requests: ExportRequest[] = [];
    const receiver = createServer((request, response) => {
      void json(request).then((body) => {
        requests.push(body as ExportRequest);
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const telemetry = await startTelemetry({ ...identity, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
    const check = startSpan('check');
    startSpan('probe', { parent: traceHeaders(check) }).end();
    check.end();
    await telemetry.shutdown();
    receiver.close();
    const spans = requests.flatMap(({ resourceSpans }) => resourceSpans.flatMap((resource) => resource.scopeSpans));
    expect(spans.flatMap((scope) => scope.spans.map(({ name }) => name)).sort()).toEqual(['check', 'probe']);
    const traceIds = new Set(spans.flatMap((scope) => scope.spans.map((span) => span.traceId)));
    expect([...traceIds]).toEqual([traceIdOf(traceHeaders(check))]);
    expect(JSON.stringify(requests)).toContain('quorate-prober');
  });
});
