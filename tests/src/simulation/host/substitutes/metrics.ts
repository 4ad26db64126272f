/** Stands in for the metrics, which nobody reads in a simulation: whatever is measured is dropped. */
import type { metrics as real } from '@quorate/telemetry';

const instrument = { add: () => undefined, record: () => undefined };

export const metrics = new Proxy({} as typeof real, { get: () => instrument });

export function metricsText(): Promise<string> {
  return Promise.resolve('');
}
