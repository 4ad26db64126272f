/** Starts the export of spans, when there is somewhere to export them to. */
import type { Telemetry, TelemetrySettings } from './export.ts';
import { samplerFrom } from './sampler.ts';

const silent: Telemetry = { exporting: false, shutdown: () => Promise.resolve() };

/** Where spans go, or null when they go nowhere. */
function spansUrl(environment: TelemetrySettings['environment']): string | null {
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return endpoint === undefined || endpoint === '' ? null : `${endpoint.replace(/\/$/, '')}/v1/traces`;
}

/** The SDK is only loaded where it is used: it is most of a small process' start. */
export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  const url = spansUrl(settings.environment);
  if (url === null) return silent;
  const { startExport } = await import('./export.ts');
  return startExport(settings, { url, sampler: samplerFrom(settings.environment) });
}
