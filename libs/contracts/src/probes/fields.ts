/** Parts that the settings of several probe types share. */
import { z } from 'zod';
import { sealedCharactersMax } from '../secrets.ts';

/** A pattern in RE2 syntax; that it compiles is checked where the library is (the API). */
export const patternSchema = z.string().min(1).max(1_024);

export const secretTextSchema = z.string().min(1).max(sealedCharactersMax);

export const hostSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f:.]+)$/, 'must be a host name or an IP address');

/** With fewer whole days left a certificate is warned of; 0 turns that off. */
export const certificateWarningDaysSchema = z.int().min(0).max(365).default(14);

export const portSchema = z.int().min(1).max(65_535);

function isNameServer(text: string): boolean {
  const [, four, six, port = '53'] = /^(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const isAddress = four === undefined ? z.ipv6().safeParse(six).success : z.ipv4().safeParse(four).success;
  return isAddress && portSchema.safeParse(Number(port)).success;
}

/** How the host of a probe is found; for each type that dials a name. */
export const lookUpFields = {
  /** `auto`: IPv4 first, then IPv6. */
  ipFamily: z.enum(['auto', '4', '6']).default('auto'),
  /** Whom to ask for the host's addresses instead of the prober's own name servers. */
  resolver: z
    .string()
    .max(64)
    .refine(
      isNameServer,
      'must be the address of a name server, with its port unless it is 53: 9.9.9.9 or [2620:fe::fe]:53',
    )
    .nullable()
    .default(null),
};
