/** When a monitor's rounds are due: at every `t` with `(t - phase) mod interval = 0`, the same in every process. */
import { murmur2, type Instant } from '@quorate/contracts';

export interface Cadence {
  readonly intervalMs: number;
  /** From 0 to `intervalMs - 1`; spreads monitors evenly over the interval. */
  readonly phaseMs: number;
}

/** After `after`, up to and including `until`. */
export interface DueWindow {
  readonly after: Instant;
  readonly until: Instant;
}

export function cadenceOf(monitorId: string, intervalMs: number): Cadence {
  return { intervalMs, phaseMs: (murmur2(monitorId) & 0x7fffffff) % intervalMs };
}

/** The newest due instant at or before `until`. Negative when the cadence has none since the epoch. */
export function lastDueUpTo({ intervalMs, phaseMs }: Cadence, until: Instant): Instant {
  return Math.floor((until - phaseMs) / intervalMs) * intervalMs + phaseMs;
}

/** The first due instant strictly after `after`. */
export function firstDueAfter(cadence: Cadence, after: Instant): Instant {
  return lastDueUpTo(cadence, after) + cadence.intervalMs;
}

/** How many instants of the window are due; zero for an empty or inverted window. */
export function dueCountIn(cadence: Cadence, { after, until }: DueWindow): number {
  const spanMs = lastDueUpTo(cadence, until) - lastDueUpTo(cadence, after);
  return Math.max(0, spanMs / cadence.intervalMs);
}
