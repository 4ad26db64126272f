export {
  createLogger,
  logLevels,
  silentLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts';
export { metrics, metricsText, type Counter, type Histogram } from './metrics.ts';
export type { Telemetry, TelemetrySettings } from './export.ts';
export { startTelemetry } from './telemetry.ts';
export {
  contextOf,
  contextWith,
  failedCheckAttribute,
  startSpan,
  traceHeaders,
  traceIdOf,
  type RecordHeaders,
  type SpanSettings,
} from './traces.ts';
