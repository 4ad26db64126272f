/** The domain probe: when a domain's registration expires, and in what state the registry has it (RDAP). */
import { z } from 'zod';
import { httpUrlSchema } from './http.ts';
import { defineProbeType } from './probe-type.ts';

const registeredNameSchema = z
  .string()
  .max(253)
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/,
    'must be a registered domain such as example.com, in ASCII (IDNA names as xn--…)',
  );

export const domainProbeSchema = z.strictObject({
  name: registeredNameSchema,
  /** Fewer days left are told in the vote's facts; it is still up. */
  warningDays: z.int().min(0).max(365).default(30),
  /** Fewer days left are down; 0 waits until the registration has expired. */
  minDaysLeft: z.int().min(0).max(365).default(0),
  /** The base URL of the server to ask; null for the one that IANA lists for the name's end. */
  rdapServer: httpUrlSchema.nullable().default(null),
});
export type DomainProbe = z.infer<typeof domainProbeSchema>;

export const domainProbeType = defineProbeType({ settings: domainProbeSchema, targetOf: ({ name }) => name });
