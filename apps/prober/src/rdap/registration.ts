/** A domain's registration as an RDAP server describes it (RFC 9083), and what it says of the domain. Pure. */
import type { DomainFacts, DomainProbe, Instant } from '@quorate/contracts';
import { z } from 'zod';
import { Failure } from '../attempt/failure.ts';

const dayMs = 86_400_000;
const registrarCharactersMax = 256;
const statusesMax = 20;
const statusCharactersMax = 64;

export interface Registration {
  /** Null where the registry does not tell. */
  readonly expiresAt: Instant | null;
  readonly statuses: readonly string[];
  readonly registrar: string | null;
}

const domainSchema = z.object({
  objectClassName: z.string().regex(/^domain$/i),
  ldhName: z.string().optional(),
  status: z.array(z.unknown()).catch([]),
  events: z.array(z.unknown()).catch([]),
  entities: z.array(z.unknown()).catch([]),
});
const eventSchema = z.object({ eventAction: z.string(), eventDate: z.string() });
const registrarSchema = z.object({
  roles: z.array(z.string()).refine((roles) => roles.includes('registrar')),
  vcardArray: z.tuple([z.unknown(), z.array(z.unknown())]),
});
const fullNameSchema = z.tuple([z.literal('fn'), z.unknown(), z.unknown(), z.string()]).rest(z.unknown());

/** Those of `values` that are what `schema` says; registries add, leave out and misspell. */
function only<Schema extends z.ZodType>(values: readonly unknown[], schema: Schema): z.output<Schema>[] {
  return values.flatMap((value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

/** RFC 9083 wants a time zone. One that is left out is not that of the prober's machine, as JavaScript has it. */
const withoutZone = /\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const isoOffset = /[+-]\d{2}:\d{2}$/;

function instantOf(date: string): number {
  return Date.parse(withoutZone.test(date) && !isoOffset.test(date) ? `${date}Z` : date);
}

/** The registry's own date; a registrar's, which may be another, where that is the only one. */
function expiryOf(events: readonly unknown[]): Instant | null {
  const dates = only(events, eventSchema);
  for (const action of ['expiration', 'registrar expiration']) {
    const date = instantOf(dates.find(({ eventAction }) => eventAction.toLowerCase() === action)?.eventDate ?? '');
    if (date >= 0) return date;
  }
  return null;
}

function registrarOf(entities: readonly unknown[]): string | null {
  const [registrar] = only(entities, registrarSchema);
  const [fullName] = only(registrar?.vcardArray[1] ?? [], fullNameSchema);
  return fullName?.[3].slice(0, registrarCharactersMax) ?? null;
}

/** Null for what is no answer about `name`. */
export function readRegistration(text: string, name: string): Registration | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // A page of a proxy, or half an answer.
    return null;
  }
  const parsed = domainSchema.safeParse(answer);
  if (!parsed.success) return null;
  const { ldhName = name, status, events, entities } = parsed.data;
  if (ldhName.replace(/\.$/, '').toLowerCase() !== name.toLowerCase()) return null;
  const statuses = only(status, z.string()).map((text) => text.slice(0, statusCharactersMax));
  return { expiresAt: expiryOf(events), statuses: statuses.slice(0, statusesMax), registrar: registrarOf(entities) };
}

/** With these a domain does not work, or is about to be lost (RFC 8056, in RDAP's or EPP's spelling). */
const badStatuses: Readonly<Record<string, string>> = {
  serverhold: 'the registry has taken it off the DNS',
  clienthold: 'its registrar has taken it off the DNS',
  redemptionperiod: 'it was deleted, and can still be redeemed through its registrar',
  pendingrestore: 'it was deleted, and is being restored',
  pendingdelete: 'it is about to be deleted, and free for anyone to register',
};

export function factsOf(
  { expiresAt, statuses, registrar }: Registration,
  { warningDays }: DomainProbe,
  now: Instant,
): DomainFacts {
  const daysLeft = expiresAt === null ? null : Math.floor((expiresAt - now) / dayMs);
  const warning = daysLeft !== null && daysLeft < warningDays;
  return { expiresAt, daysLeft, statuses: [...statuses], registrar, warning };
}

const dayOf = (instant: Instant): string => new Date(instant).toISOString().slice(0, 10);

/** Null where the registration is in order. */
export function judgeRegistration(
  { expiresAt, statuses }: Registration,
  { name, minDaysLeft }: DomainProbe,
  now: Instant,
): Failure | null {
  for (const status of statuses) {
    const meaning = badStatuses[status.toLowerCase().replaceAll(' ', '')];
    if (meaning !== undefined) return new Failure('domain.status', `${name} has the status "${status}": ${meaning}`);
  }
  if (expiresAt === null) {
    return new Failure('prober.unsupported', `the registry of ${name} does not tell when registrations expire`);
  }
  if (expiresAt <= now)
    return new Failure('domain.expired', `the registration of ${name} expired on ${dayOf(expiresAt)}`);
  const daysLeft = Math.floor((expiresAt - now) / dayMs);
  if (daysLeft >= minDaysLeft) return null;
  const left = daysLeft === 1 ? '1 day' : `${daysLeft} days`;
  const when = `the registration of ${name} expires in ${left}, on ${dayOf(expiresAt)}`;
  return new Failure('domain.expiring', `${when}; expected at least ${minDaysLeft} days`);
}
