/** Words what OpenSSL says of a handshake or a certificate. */
import type { X509Certificate } from 'node:crypto';
import type { Reason, TlsVersion } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';

const nameCharactersMax = 200;

const shorten = (name: string | undefined): string =>
  (name ?? 'nobody').replaceAll('\n', ', ').slice(0, nameCharactersMax);

interface Judged {
  readonly host: string;
  /** The target's own certificate first. */
  readonly chain: readonly X509Certificate[];
}

interface CertificateFault {
  readonly reason: Reason;
  /** A whole sentence of the certificate that was seen. */
  say(judged: Judged): string;
}

/** The target's own certificate, or which of those above it. */
function describe(certificate: X509Certificate | undefined, { host, chain }: Judged): string {
  const isOwn = certificate === undefined || certificate === chain[0];
  return isOwn
    ? `the certificate of ${host}`
    : `the certificate "${shorten(certificate.subject)}" above that of ${host}`;
}

function expired(judged: Judged): string {
  const [first] = judged.chain.toSorted((left, right) => Number(left.validToDate) - Number(right.validToDate));
  return `${describe(first, judged)} has expired, on ${first?.validToDate.toISOString()}`;
}

function notYetValid(judged: Judged): string {
  const [last] = judged.chain.toSorted((left, right) => Number(right.validFromDate) - Number(left.validFromDate));
  return `${describe(last, judged)} is not valid before ${last?.validFromDate.toISOString()}`;
}

function otherHost({ host, chain: [leaf] }: Judged): string {
  return `the certificate is not for ${host} but for ${shorten(leaf?.subjectAltName ?? leaf?.subject)}`;
}

/** The target left out a link, or the authority is none: from here both look the same. */
function brokenChain({ host, chain }: Judged): string {
  const missing = shorten(chain.at(-1)?.issuer);
  const saying = 'which the target did not send and which is no trusted authority';
  return `the certificate of ${host} leads to "${missing}", ${saying}`;
}

const selfSigned = ({ host }: Judged): string => `the certificate of ${host} is self-signed`;
const unknownAuthority = ({ host }: Judged): string =>
  `the certificate of ${host} comes from an authority that is not trusted`;

const broken: CertificateFault = { reason: 'tls.untrusted', say: brokenChain };

const certificateFaults: Readonly<Record<string, CertificateFault>> = {
  CERT_HAS_EXPIRED: { reason: 'tls.expired', say: expired },
  CERT_NOT_YET_VALID: { reason: 'tls.not-yet-valid', say: notYetValid },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: 'tls.hostname', say: otherHost },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'tls.self-signed', say: selfSigned },
  SELF_SIGNED_CERT_IN_CHAIN: { reason: 'tls.untrusted', say: unknownAuthority },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: broken,
  UNABLE_TO_GET_ISSUER_CERT: broken,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: broken,
};

const weakSignature = /sha1|md5|md4|md2/i;
const rsaBitsMin = 2_048;

function isWeak({ signatureAlgorithm, publicKey }: X509Certificate): boolean {
  const { modulusLength = rsaBitsMin } = publicKey.asymmetricKeyDetails ?? {};
  return weakSignature.test(signatureAlgorithm ?? '') || modulusLength < rsaBitsMin;
}

/** Node has no name for every fault that OpenSSL finds; weakness is the one that is met. */
function unnamed(judged: Judged, code: string): string {
  const weak = judged.chain.find(isWeak);
  if (weak === undefined) return `the certificate of ${judged.host} cannot be trusted (${code})`;
  const { signatureAlgorithm, publicKey } = weak;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  const key = bits === undefined ? '' : ` and a key of ${bits} bits`;
  return `${describe(weak, judged)} is too weak: it has a signature by ${signatureAlgorithm}${key}`;
}

export function certificateFailure(code: string, judged: Judged): Failure {
  const fault = certificateFaults[code];
  if (fault !== undefined) return new Failure(fault.reason, fault.say(judged));
  return new Failure('tls.untrusted', unnamed(judged, code));
}

interface HandshakeFault {
  readonly codes: RegExp;
  readonly reason: 'tls.protocol' | 'tls.handshake';
  say(minVersion: TlsVersion): string;
}

const handshakeFaults: readonly HandshakeFault[] = [
  {
    codes: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    reason: 'tls.protocol',
    say: () => 'what the target answered is not TLS',
  },
  {
    codes: /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS/,
    reason: 'tls.protocol',
    say: (minVersion) => `the target does not speak ${minVersion.replace('v', ' ')} or newer there`,
  },
  {
    codes: /EXCESSIVE_MESSAGE_SIZE/,
    reason: 'tls.handshake',
    say: () => 'the target sent a chain of more than 100 kB',
  },
  {
    codes: /DH_KEY_TOO_SMALL|MODULUS_TOO_SMALL|UNKNOWN_SECURITY_BITS/,
    reason: 'tls.handshake',
    say: () => 'the target chose a Diffie-Hellman group that is too small to be safe',
  },
  {
    codes: /ALERT_HANDSHAKE_FAILURE/,
    reason: 'tls.handshake',
    say: () => 'the target refused the handshake: it finds no cipher in common, or wants a certificate of the client',
  },
  {
    codes: /(WRONG|UNKNOWN)_CIPHER_RETURNED/,
    reason: 'tls.handshake',
    say: () => 'the target chose a cipher that it was not offered: RC4, 3DES or no encryption, say',
  },
  {
    codes: /UNSAFE_LEGACY_RENEGOTIATION/,
    reason: 'tls.handshake',
    say: () => 'the target does not know secure renegotiation (RFC 5746), and OpenSSL goes no further without it',
  },
  {
    codes: /UNRECOGNIZED_NAME/,
    reason: 'tls.handshake',
    say: () => 'the target has no site of the name that it was asked for',
  },
  {
    codes: /ALERT_(INSUFFICIENT_SECURITY|INAPPROPRIATE_FALLBACK)/,
    reason: 'tls.handshake',
    say: () => 'the target finds all that it was offered too weak',
  },
  {
    codes: /ALERT_INTERNAL_ERROR/,
    reason: 'tls.handshake',
    say: () => 'the target says that something failed within it',
  },
  {
    codes: /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|ACCESS_DENIED)/,
    reason: 'tls.handshake',
    say: () => 'the target does not let in a client with this certificate, or with none',
  },
  {
    codes: /_ALERT_[A-Z]|TLSV1/,
    reason: 'tls.handshake',
    say: () => 'the target broke the handshake off with an alert',
  },
  {
    codes: /ECONNRESET|EPIPE/,
    reason: 'tls.handshake',
    say: () => 'the target reset the connection within the handshake',
  },
];

/** A target that refuses every protocol it was offered in the handshake (ALPN, RFC 7301). */
export class NoSharedProtocol extends Failure {}

interface Offered {
  readonly minVersion: TlsVersion;
  readonly protocols: readonly string[];
}

export function handshakeFailure(code: string, { minVersion, protocols }: Offered): Failure {
  if (code.includes('NO_APPLICATION_PROTOCOL') && protocols.length > 0) {
    return new NoSharedProtocol('tls.protocol', `the target does not speak ${protocols.join(' or ')} there`);
  }
  const fault = handshakeFaults.find(({ codes }) => codes.test(code));
  if (fault === undefined) return new Failure('tls.handshake', `the TLS handshake failed (${code})`);
  return new Failure(fault.reason, `${fault.say(minVersion)} (${code})`);
}
