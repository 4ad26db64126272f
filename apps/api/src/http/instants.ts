/** Instants on the wire: ISO 8601 in UTC outside, milliseconds inside. */
import { z } from 'zod';
import type { Instant } from '@quorate/contracts';

export const isoInstantSchema = z.iso.datetime();

export function isoOf(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function isoOrNull(instant: Instant | null): string | null {
  return instant === null ? null : isoOf(instant);
}

/** An instant in a query, with any offset. */
export const instantParameterSchema = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-11-21T10:00:00Z' })
  .transform((text) => Date.parse(text));
