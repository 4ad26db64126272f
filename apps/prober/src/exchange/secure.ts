/** Makes a connection a TLS one, judges the certificate, and records its facts whatever the judgement says. */
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls';
import type { Reason } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { certificateFacts, earlier } from './certificate.ts';
import { Connection, codeOf } from './connection.ts';

export interface TlsSettings {
  /** The name in the certificate and in SNI: the URL's host, whatever a Host header says. */
  readonly host: string;
  readonly verify: boolean;
  readonly certificateWarningDays: number;
  readonly protocols: readonly string[];
  readonly context: SecureContext;
}

/** One for all probes: making it costs more than a handshake's other bookkeeping, and it holds no session. */
export function createTrust(certificateAuthorities?: string): SecureContext {
  if (certificateAuthorities === undefined) return createSecureContext();
  return createSecureContext({ ca: [...getCACertificates('default'), certificateAuthorities] });
}

const certificateFaults: Readonly<Record<string, { readonly reason: Reason; readonly saying: string }>> = {
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

function certificateFailure(code: string, host: string): Failure {
  const fault = certificateFaults[code];
  if (fault !== undefined) return new Failure(fault.reason, `the certificate of ${host} ${fault.saying}`);
  return new Failure('tls.untrusted', `the certificate of ${host} cannot be trusted (${code})`);
}

function handshakeFailure(code: string): Failure {
  if (protocolFaults.test(code)) {
    return new Failure('tls.protocol', `the target does not speak TLS 1.2 or newer there (${code})`);
  }
  return new Failure('tls.handshake', `the TLS handshake failed (${code})`);
}

async function handshake(
  attempt: Attempt,
  plain: Connection,
  { host, context, protocols }: TlsSettings,
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
    });
    const failed = (code: string): void => {
      socket.destroy();
      done(handshakeFailure(code));
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

function record(attempt: Attempt, socket: TLSSocket, { certificateWarningDays }: TlsSettings): void {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return;
  const facts = certificateFacts(leaf, { now: attempt.startedAt, certificateWarningDays });
  attempt.certificate = earlier(attempt.certificate, facts);
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
  record(attempt, socket, settings);
  const connection = Connection.over(socket);
  // Node's types promise an Error; what is there is OpenSSL's code.
  const fault = socket.authorizationError as unknown as string | null;
  if (!settings.verify || socket.authorized) return connection;
  connection.close();
  return certificateFailure(String(fault), settings.host);
}
