/** Checks that the certificates and keys which a monitor brings along can be used, with the probers' own library. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { tlsMaterialOf, type ClientCertificate, type MonitorSettings, type TlsMaterialField } from '@quorate/contracts';
import { ProblemError, type FieldError } from '../http/problem.ts';
import { redacted } from '../secrets/sealing.ts';

/** A chain has two to four; a bundle of a system's authorities 150. */
const certificatesMax = 50;

const blockPattern = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

type Fault = FieldError;
type Read<Value> = { readonly value: Value } | { readonly fault: Fault };

function readCertificates(text: string, pointer: string): Read<readonly X509Certificate[]> {
  const blocks = text.match(blockPattern) ?? [];
  if (blocks.length === 0) return { fault: { pointer, message: 'must hold at least one whole certificate in PEM' } };
  if (blocks.length > certificatesMax) {
    return { fault: { pointer, message: `must hold at most ${certificatesMax} certificates` } };
  }
  const certificates: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    const certificate = attempt(() => new X509Certificate(block));
    if (certificate === null) return { fault: { pointer, message: `certificate ${index + 1} of it cannot be read` } };
    certificates.push(certificate);
  }
  return { value: certificates };
}

function attempt<Value>(make: () => Value): Value | null {
  try {
    return make();
  } catch {
    // What cannot be read is told as such; OpenSSL's words say no more.
    return null;
  }
}

/** As PEM says it, in either of its forms. */
const isEncrypted = (key: string): boolean => /ENCRYPTED/.test(key);

function readKey({ key, passphrase }: ClientCertificate, pointer: string): Read<KeyObject> {
  const ofPassphrase = (message: string) => ({ fault: { pointer: `${pointer}/passphrase`, message } });
  if (isEncrypted(key) && passphrase === null) return ofPassphrase('is required: the key is encrypted');
  const value = attempt(() => createPrivateKey({ key, format: 'pem', passphrase: passphrase ?? '' }));
  if (value !== null) return { value };
  if (isEncrypted(key)) return ofPassphrase('does not open the key');
  const message = 'must be a private key in PEM ("-----BEGIN PRIVATE KEY-----")';
  return { fault: { pointer: `${pointer}/key`, message } };
}

/** Certificate, key and passphrase belong together, and a sealed one cannot be compared with a new one. */
function keptFault(given: ClientCertificate, stored: ClientCertificate | null, pointer: string): Fault | 'kept' | null {
  const names = ['key', 'passphrase'] as const;
  const kept = names.filter((name) => given[name] === redacted);
  if (kept.length === 0 || stored === null) return null;
  const isWhole = names.every((name) => given[name] === redacted || (given[name] === null && stored[name] === null));
  if (isWhole && given.certificate === stored.certificate) return 'kept';
  const message = 'must be sent again where another part of the client certificate changes';
  return { pointer: `${pointer}/${kept[0]}`, message };
}

function clientCertificateFault(given: ClientCertificate, stored: ClientCertificate | null, at: string): Fault | null {
  const pointer = `${at}/clientCertificate`;
  const kept = keptFault(given, stored, pointer);
  if (kept !== null) return kept === 'kept' ? null : kept;
  const chain = readCertificates(given.certificate, `${pointer}/certificate`);
  if ('fault' in chain) return chain.fault;
  const key = readKey(given, pointer);
  if ('fault' in key) return key.fault;
  if (chain.value[0]?.checkPrivateKey(key.value) !== true) {
    return { pointer: `${pointer}/key`, message: 'must be the key of the first certificate' };
  }
  const { certificate: cert, key: pem, passphrase } = given;
  const context = attempt(() =>
    createSecureContext({ cert, key: pem, ...(passphrase === null ? {} : { passphrase }) }),
  );
  if (context !== null) return null;
  return { pointer: `${pointer}/certificate`, message: 'is of a kind that TLS refuses (too short a key, say)' };
}

function faultsOf(field: TlsMaterialField, stored: TlsMaterialField | null): Fault[] {
  const { pointer, ca, clientCertificate } = field;
  const authorities = ca === null ? null : readCertificates(ca, `${pointer}/ca`);
  const identity =
    clientCertificate === null
      ? null
      : clientCertificateFault(clientCertificate, stored?.clientCertificate ?? null, pointer);
  return [authorities !== null && 'fault' in authorities ? authorities.fault : null, identity].filter(
    (fault) => fault !== null,
  );
}

/** `stored` is what is there already, sealed. @throws ProblemError naming what cannot be used. */
export function checkCertificates(settings: MonitorSettings, stored: MonitorSettings | null): void {
  const field = tlsMaterialOf(settings);
  if (field === null) return;
  const errors = faultsOf(field, stored === null ? null : tlsMaterialOf(stored));
  if (errors.length === 0) return;
  throw new ProblemError('QRT_BODY_INVALID', 'See errors for each certificate that cannot be used.', { errors });
}
