/** The OpenTelemetry SDK with an OTLP exporter for spans. Metrics are Prometheus' business (`metrics.ts`). */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type Sampler } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { Logger } from './logger.ts';

export interface TelemetrySettings {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger?: Logger;
}

export interface Telemetry {
  readonly exporting: boolean;
  /** Sends what is left, bounded, and stops. */
  shutdown(): Promise<void>;
}

const flushMsMax = 3_000;

export function startExport(settings: TelemetrySettings, target: { url: string; sampler: Sampler }): Telemetry {
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: `quorate-${settings.service}`,
      [ATTR_SERVICE_VERSION]: settings.version,
      'service.instance.id': settings.instance,
    }),
    sampler: target.sampler,
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: target.url }), scheduledDelayMillis: 1_000 }),
    ],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  return { exporting: true, shutdown: () => shutDown(sdk, settings) };
}

/** A collector that is gone must not hold up the end of the process. */
async function shutDown(sdk: NodeSDK, { logger }: TelemetrySettings): Promise<void> {
  const expired = new Promise<void>((resolve) => setTimeout(resolve, flushMsMax).unref());
  const ended = sdk.shutdown().catch((error: unknown) => logger?.warn('The last spans were not exported', { error }));
  await Promise.race([ended, expired]);
}
