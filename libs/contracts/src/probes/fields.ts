/** Parts that the settings of several probe types share. */
import { z } from 'zod';

/** A pattern in RE2 syntax; that it compiles is checked where the library is (the API). */
export const patternSchema = z.string().min(1).max(1_024);

export const secretTextSchema = z.string().min(1).max(4_096);

export const hostSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f:.]+)$/, 'must be a host name or an IP address');

export const portSchema = z.int().min(1).max(65_535);
