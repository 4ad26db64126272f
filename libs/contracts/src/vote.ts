/** A region's answer for one round, with its evidence. */
import { z } from 'zod';
import { monitorIdSchema, proberIdSchema, regionSchema, roundKindSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

/** The closed list of reasons, class first. A vote that is up has none. */
export const reasons = [
  'dns.nxdomain',
  'dns.servfail',
  'dns.refused',
  'dns.no-answer',
  'dns.unreachable',
  'dns.mismatch',
  'dns.malformed',
  'connect.refused',
  'connect.reset',
  'connect.unreachable',
  'timeout.dns',
  'timeout.connect',
  'timeout.tls',
  'timeout.response',
  'timeout.total',
  'proxy.unreachable',
  'proxy.auth',
  'proxy.refused',
  'proxy.protocol',
  'proxy.timeout',
  'tls.expired',
  'tls.not-yet-valid',
  'tls.hostname',
  'tls.self-signed',
  'tls.untrusted',
  'tls.handshake',
  'tls.protocol',
  'auth.certificate',
  'auth.token',
  'auth.timeout',
  'starttls.refused',
  'starttls.injected',
  'starttls.malformed',
  'smtp.rejected',
  'smtp.deferred',
  'smtp.malformed',
  'http.protocol',
  'http.empty',
  'http.partial',
  'http.decode',
  'http.redirect',
  'http.too-large',
  'status.unexpected',
  'body.mismatch',
  'header.mismatch',
  'json.mismatch',
  'slow',
  'tcp.mismatch',
  'grpc.not-serving',
  'grpc.unknown-service',
  'grpc.unimplemented',
  'grpc.unavailable',
  'grpc.status',
  'grpc.reset',
  'grpc.protocol',
  'websocket.handshake',
  'websocket.closed',
  'websocket.mismatch',
  'websocket.too-large',
  'websocket.protocol',
  /** The credentials were refused, or could only have been given in a way that is not safe. */
  'auth.refused',
  /** What answers there is no server of this kind. */
  'protocol.mismatch',
  /** The server answers, and says that it cannot serve: starting, full, without the thing that was asked for. */
  'service.unavailable',
  /** A query failed, or its answer is another one than expected. */
  'query.mismatch',
  'icmp.loss',
  'domain.expired',
  'domain.expiring',
  'domain.status',
  'domain.not-found',
  'blocked.address',
  'drill',
  'heartbeat.missing',
  'heartbeat.failed',
  'heartbeat.overrun',
  'gateway.deaf',
  'gateway.unknown',
  'prober.stalled',
  'prober.isolated',
  'prober.missed',
  'prober.unsupported',
  'prober.registry',
  'prober.internal',
] as const;
export const reasonSchema = z.enum(reasons);
export type Reason = z.infer<typeof reasonSchema>;

const phaseSchema = z.number().nonnegative().nullable();

/** Durations in milliseconds; a phase that did not happen is null. The phases add up to `totalMs`. */
export const phasesSchema = z.object({
  /** The call for an access token before the target was asked; only there where one was made. */
  authMs: z.number().nonnegative().optional(),
  dnsMs: phaseSchema,
  connectMs: phaseSchema,
  tlsMs: phaseSchema,
  ttfbMs: phaseSchema,
  transferMs: phaseSchema,
  totalMs: z.number().nonnegative(),
});
export type Phases = z.infer<typeof phasesSchema>;

export const certificateSchema = z.object({
  notAfter: instantSchema,
  /** Whole days left of the chain's earliest expiry; negative when expired. */
  daysLeft: z.int(),
  issuer: z.string().max(512),
  subject: z.string().max(512).nullable().default(null),
  /** The subject of whichever certificate of the chain expires first. */
  firstToExpire: z.string().max(512).nullable().default(null),
  /** What the handshake agreed on: `TLSv1.3`, and the cipher suite by its IANA name. */
  protocol: z.string().max(16).nullable().default(null),
  cipher: z.string().max(64).nullable().default(null),
  /** Whether `daysLeft` is below the monitor's `certificateWarningDays`. */
  warning: z.boolean(),
});
export type CertificateFacts = z.infer<typeof certificateSchema>;

/** What a registry tells of a domain. */
export const domainFactsSchema = z.object({
  /** Null where the registry does not tell. */
  expiresAt: instantSchema.nullable(),
  /** Whole days; negative when expired. */
  daysLeft: z.int().nullable(),
  statuses: z.array(z.string().max(64)).max(20),
  registrar: z.string().max(256).nullable(),
  /** Whether `daysLeft` is below the monitor's `warningDays`. */
  warning: z.boolean(),
});
export type DomainFacts = z.infer<typeof domainFactsSchema>;

/** What an ICMP probe counted; times are those of the answers that came. */
const pingFactsSchema = z.object({
  sent: z.int().min(1),
  received: z.int().nonnegative(),
  lossPercent: z.number().min(0).max(100),
  minMs: z.number().nonnegative().nullable(),
  avgMs: z.number().nonnegative().nullable(),
  maxMs: z.number().nonnegative().nullable(),
});
export type PingFacts = z.infer<typeof pingFactsSchema>;

export const excerptCharactersMax = 1_024;

/** What one probe saw. */
export const evidenceSchema = z.object({
  outcome: z.enum(['up', 'down', 'abstain']),
  reason: reasonSchema.nullable(),
  /** One sentence that a person understands; null when up. */
  message: z.string().max(1_024).nullable(),
  startedAt: instantSchema,
  phases: phasesSchema,
  statusCode: z.int().nullable(),
  /** The address that was dialled. */
  address: z.string().max(64).nullable(),
  connection: z.enum(['fresh', 'reused']),
  certificate: certificateSchema.nullable(),
  /** The first characters of a failed answer; never a secret. */
  excerpt: z.string().max(excerptCharactersMax).nullable(),
  redirects: z.int().nonnegative(),
  /** Of an ICMP probe. */
  ping: pingFactsSchema.optional(),
  /** Of a domain probe. */
  domain: domainFactsSchema.optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const voteSchema = evidenceSchema.extend({
  v: z.literal(1),
  monitorId: monitorIdSchema,
  monitorVersion: z.int().min(1),
  dueAt: instantSchema,
  kind: roundKindSchema,
  region: regionSchema,
  proberId: proberIdSchema,
});
export type Vote = z.infer<typeof voteSchema>;

/** A vote as rounds, incidents and alerts keep it: the round says the rest. */
export const castVoteSchema = evidenceSchema.extend({
  region: regionSchema,
  proberId: proberIdSchema,
  /**
   * Whether it came after the round's window had closed, or for an older version of the monitor; it then changed
   * nothing.
   */
  late: z.boolean(),
});
export type CastVote = z.infer<typeof castVoteSchema>;
