/** Makes a connection a TLS one, judges the certificate, and records its facts whatever the judgement says. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { tlsVersions, type Instant, type TlsVersion } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { certificateFacts, chainFacts, chainOf, earlier } from './certificate.ts';
import { asksForCertificate, explained } from './client-identity.ts';
import { Connection, codeOf } from './connection.ts';
import { awaitVerdict, heedRefusal } from './identity-verdict.ts';
import { Pace } from './pace.ts';
import { certificateFailure, handshakeFailure } from './tls-failure.ts';
import type { Trust } from './trust.ts';

/** The oldest version that a target may choose, where a monitor does not say. */
const usualMinVersion: TlsVersion = 'TLSv1.2';

export interface TlsSettings {
  /** The name in the certificate and in SNI: the URL's host, whatever a Host header says. */
  readonly host: string;
  readonly verify: boolean;
  readonly certificateWarningDays: number;
  readonly protocols: readonly string[];
  readonly context: Trust;
  readonly minVersion?: TlsVersion;
  /** When the certificate that the context shows expires; null or left out where it shows none. */
  readonly identityEndsAt?: Instant | null;
  /**
   * How a target is heard that takes the handshake and refuses the client afterwards: while one waits for its first
   * words, or in a wait of its own. Left out by who finds the words for that itself.
   */
  readonly refusal?: 'heeded' | 'awaited';
}

/**
 * In the certificate's place while Node ends the handshake: it would turn the whole chain into objects, for a tenth of
 * the handshake's time, to hand them to `checkServerIdentity`. Whom a certificate is for is judged below.
 */
const unread: TLSSocket['getPeerCertificate'] = () => ({}) as DetailedPeerCertificate;

/** What a target proves itself by, and what is asked of it. */
interface Proof {
  readonly leaf: X509Certificate | undefined;
  readonly settings: TlsSettings;
}

/**
 * Of all handshakes of this process: each takes half a millisecond to begin, so those of many targets that take a
 * connection at the same time would together keep it from everything else.
 */
const pace = new Pace();

/** Waiting for the handshake's turn is none of the target's doing. */
async function handshake(attempt: Attempt, plain: Connection, settings: TlsSettings): Promise<TLSSocket | Failure> {
  attempt.hold();
  return await attempt.wait<TLSSocket>('tls', (done) => {
    let giveUp = pace.take(() => {
      attempt.goOn();
      giveUp = beginHandshake(attempt, { plain, settings, done });
    });
    return () => giveUp();
  });
}

interface Handshake {
  readonly plain: Connection;
  readonly settings: TlsSettings;
  readonly done: (value: TLSSocket | Failure) => void;
}

/** Returns what gives it up. */
function beginHandshake(attempt: Attempt, { plain, settings, done }: Handshake): () => void {
  const { host, context, protocols, minVersion = usualMinVersion, identityEndsAt = null } = settings;
  const shown = { identityEndsAt, now: attempt.startedAt };
  plain.detach();
  plain.socket.removeAllListeners('data');
  const socket = connect({
    socket: plain.socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    secureContext: context.contextFor(minVersion),
    ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    // The certificate is judged below, so that its facts are known even when it is refused.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  socket.getPeerCertificate = unread;
  const failed = (code: string): void => {
    const told = explained(handshakeFailure(code, { minVersion, protocols }), asksForCertificate(socket), shown);
    socket.destroy();
    done(told);
  };
  socket.once('error', (error: Error) => failed(codeOf(error)));
  socket.once('end', () => failed('closed by the target'));
  socket.once('secureConnect', () => {
    socket.removeAllListeners('error').removeAllListeners('end');
    done(socket);
  });
  // Over a connection that has ended meanwhile nothing would come, and nobody would say so.
  if (plain.endedWith !== null) failed(plain.endedWith);
  return () => socket.destroy();
}

function record(attempt: Attempt, socket: TLSSocket, { leaf, settings }: Proof): void {
  if (leaf === undefined) return;
  const { certificateWarningDays, context } = settings;
  const { standardName: cipher } = socket.getCipher();
  const agreed = { protocol: socket.getProtocol(), cipher };
  const judge = { now: attempt.startedAt, certificateWarningDays, ...agreed };
  attempt.certificate = earlier(attempt.certificate, certificateFacts(chainFacts(leaf, context), judge));
}

function isFor(leaf: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) !== undefined;
}

/** OpenSSL's or Node's code for what is wrong with the certificate; null where nothing is. */
function faultOf(socket: TLSSocket, leaf: X509Certificate | undefined, host: string): string | null {
  // Node's types promise an Error; what is there is the code.
  if (!socket.authorized) return String(socket.authorizationError);
  return leaf !== undefined && isFor(leaf, host) ? null : 'ERR_TLS_CERT_ALTNAME_INVALID';
}

function versionFailure(socket: TLSSocket, minVersion: TlsVersion): Failure | null {
  const version = socket.getProtocol();
  const isRecent = tlsVersions.indexOf(version as TlsVersion) >= tlsVersions.indexOf(minVersion);
  return isRecent ? null : new Failure('tls.protocol', `the target chose ${version}, expected ${minVersion} or newer`);
}

function judge(socket: TLSSocket, { leaf, settings }: Proof): Failure | null {
  const { host, verify, context, minVersion = usualMinVersion } = settings;
  const fault = verify ? faultOf(socket, leaf, host) : null;
  if (fault === null) return versionFailure(socket, minVersion);
  return certificateFailure(fault, { host, chain: leaf === undefined ? [] : chainOf(leaf, context) });
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
  const proof = { leaf: socket.getPeerX509Certificate(), settings };
  record(attempt, socket, proof);
  const verdict = judge(socket, proof);
  const connection = Connection.over(socket);
  connection.asksForCertificate = asksForCertificate(socket) === true;
  const { identityEndsAt = null, refusal } = settings;
  const shown = { identityEndsAt, now: attempt.startedAt };
  if (refusal === 'heeded' && verdict === null) heedRefusal(attempt, connection, shown);
  const failure = verdict ?? (refusal === 'awaited' ? await awaitVerdict(attempt, connection, shown) : null);
  if (failure === null) return connection;
  connection.close();
  return failure;
}
