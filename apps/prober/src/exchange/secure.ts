/** Makes a connection a TLS one, judges the certificate, and records its facts whatever the judgement says. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { Instant, Reason } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { certificateFacts, earlier } from './certificate.ts';
import { withIdentity } from './client-identity.ts';
import { Connection, codeOf } from './connection.ts';

export interface TlsSettings {
  /** The name in the certificate and in SNI: the URL's host, whatever a Host header says. */
  readonly host: string;
  readonly verify: boolean;
  readonly certificateWarningDays: number;
  readonly protocols: readonly string[];
  readonly context: SecureContext;
  /** When the certificate that the context shows expires; null or left out where it shows none. */
  readonly identityEndsAt?: Instant | null;
}

interface CertificateFault {
  readonly reason: Reason;
  readonly saying: string;
}

const certificateFaults: Readonly<Record<string, CertificateFault>> = {
  CERT_HAS_EXPIRED: { reason: 'tls.expired', saying: 'has expired' },
  CERT_NOT_YET_VALID: { reason: 'tls.not-yet-valid', saying: 'is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: 'tls.hostname', saying: 'is not for this host' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'tls.self-signed', saying: 'is self-signed' },
  SELF_SIGNED_CERT_IN_CHAIN: { reason: 'tls.untrusted', saying: 'comes from an authority that is not trusted' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { reason: 'tls.untrusted', saying: 'came without the chain that proves it' },
  UNABLE_TO_GET_ISSUER_CERT: { reason: 'tls.untrusted', saying: 'came without the chain that proves it' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { reason: 'tls.untrusted', saying: 'came without the chain that proves it' },
};

const protocolFaults = /UNSUPPORTED_PROTOCOL|WRONG_VERSION_NUMBER|PROTOCOL_VERSION|PACKET_LENGTH_TOO_LONG|NO_PROTOCOLS/;

/** What is wrong with a certificate by the code that TLS failed with; null where that says nothing of it. */
export function certificateFaultOf(code: string): CertificateFault | null {
  return certificateFaults[code] ?? null;
}

function certificateFailure(code: string, host: string): Failure {
  const fault = certificateFaults[code];
  if (fault !== undefined) return new Failure(fault.reason, `the certificate of ${host} ${fault.saying}`);
  return new Failure('tls.untrusted', `the certificate of ${host} cannot be trusted (${code})`);
}

/** A target that refuses every protocol it was offered in the handshake (ALPN, RFC 7301). */
export class NoSharedProtocol extends Failure {}

function handshakeFailure(code: string, protocols: readonly string[]): Failure {
  if (code.includes('NO_APPLICATION_PROTOCOL')) {
    return new NoSharedProtocol('tls.protocol', `the target does not speak ${protocols.join(' or ')} there`);
  }
  if (protocolFaults.test(code)) {
    return new Failure('tls.protocol', `the target does not speak TLS 1.2 or newer there (${code})`);
  }
  return new Failure('tls.handshake', `the TLS handshake failed (${code})`);
}

async function handshake(
  attempt: Attempt,
  plain: Connection,
  { host, context, protocols, identityEndsAt = null }: TlsSettings,
): Promise<TLSSocket | Failure> {
  return await attempt.wait<TLSSocket>('tls', (done) => {
    plain.detach();
    plain.socket.removeAllListeners('data');
    const socket = connect({
      socket: plain.socket,
      host,
      servername: isIP(host) === 0 ? host : '',
      secureContext: context,
      ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
      // The certificate is judged below, so that its facts are known even when it is refused.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const failed = (code: string): void => {
      const failure = withIdentity(handshakeFailure(code, protocols), socket, {
        identityEndsAt,
        now: attempt.startedAt,
      });
      socket.destroy();
      done(failure);
    };
    socket.once('error', (error: Error) => failed(codeOf(error)));
    socket.once('end', () => failed('closed by the target'));
    socket.once('secureConnect', () => {
      socket.removeAllListeners('error').removeAllListeners('end');
      done(socket);
    });
    return () => socket.destroy();
  });
}

function record(attempt: Attempt, leaf: X509Certificate, { certificateWarningDays }: TlsSettings): void {
  const facts = certificateFacts(leaf, { now: attempt.startedAt, certificateWarningDays });
  attempt.certificate = earlier(attempt.certificate, facts);
}

/** Asks OpenSSL itself: to do so, Node would first turn the whole chain into objects, for a tenth of a handshake. */
function isFor(leaf: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined;
}

/** OpenSSL's or Node's code for what is wrong with the certificate; null where nothing is. */
function faultOf(socket: TLSSocket, leaf: X509Certificate | undefined, host: string): string | null {
  // Node's types promise an Error; what is there is the code.
  if (!socket.authorized) return String(socket.authorizationError);
  return leaf !== undefined && isFor(leaf, host) ? null : 'ERR_TLS_CERT_ALTNAME_INVALID';
}

/** Closes `plain` where it fails. */
export async function secure(
  attempt: Attempt,
  plain: Connection,
  settings: TlsSettings,
): Promise<Connection | Failure> {
  const socket = await handshake(attempt, plain, settings);
  if (socket instanceof Failure) {
    plain.close();
    return socket;
  }
  const leaf = socket.getPeerX509Certificate();
  if (leaf !== undefined) record(attempt, leaf, settings);
  const connection = Connection.over(socket);
  const fault = settings.verify ? faultOf(socket, leaf, settings.host) : null;
  if (fault === null) return connection;
  connection.close();
  return certificateFailure(fault, settings.host);
}
