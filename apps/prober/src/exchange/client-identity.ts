/** What a server makes of the certificate that it asks for, or of having been shown none, in reasons and sentences. */
import type { TLSSocket } from 'node:tls';
import type { Instant } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';

export interface ShownIdentity {
  /** When the certificate that is shown expires; null where there is none to show. */
  readonly identityEndsAt: Instant | null;
  /** The present, by the log's clock. */
  readonly now: Instant;
}

/**
 * Whether a server asked for a certificate: OpenSSL notes the kinds of signature that it would be convinced by, none
 * where it did not ask. Null where the connection is gone, and with it the answer.
 */
export function asksForCertificate(socket: TLSSocket): boolean | null {
  const algorithms = socket.getSharedSigalgs() as string[] | null | undefined;
  return algorithms === null || algorithms === undefined ? null : algorithms.length > 0;
}

const expiryOf = ({ identityEndsAt, now }: ShownIdentity): string =>
  identityEndsAt !== null && identityEndsAt < now
    ? `, which expired on ${new Date(identityEndsAt).toISOString().slice(0, 10)}`
    : '';

const noneToShow = 'the target asks for a client certificate, and the monitor has none';

/** Statuses by which servers refuse a client for its certificate (400, 495 and 496 are nginx's). */
const refusingStatuses = new Set([400, 401, 403, 495, 496]);

/** What there is to say of an answer's status; null where it has nothing to do with a certificate. */
export function identityRefusal(statusCode: number, asks: boolean, shown: ShownIdentity): string | null {
  if (!refusingStatuses.has(statusCode) || !asks) return null;
  if (shown.identityEndsAt === null) return noneToShow;
  const expiry = expiryOf(shown);
  return expiry === '' ? null : `the monitor's client certificate was shown${expiry}`;
}

const endings = new Set(['tls.handshake', 'connect.reset', 'http.empty']);

/** What a failure may have to do with the certificate that its server asked for; null where it is not known to. */
export function explained(failure: Failure, asks: boolean | null, shown: ShownIdentity): Failure {
  if (!endings.has(failure.reason) || asks === false) return failure;
  const { reason, message } = failure;
  if (shown.identityEndsAt === null) {
    return asks === true ? new Failure('tls.handshake', `${noneToShow}: ${message}`) : failure;
  }
  const expiry = expiryOf(shown);
  const certificate = `the monitor's client certificate${expiry}`;
  // Only an alert says that it was the certificate.
  return asks === true && reason === 'tls.handshake'
    ? new Failure('auth.certificate', `the target refused ${certificate}: ${message}`)
    : new Failure(reason, `${message}; ${certificate}${expiry === '' ? '' : ','} may be why`);
}
