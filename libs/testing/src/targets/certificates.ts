/** A certificate authority of a spec's own, and leaf certificates with whatever is wrong with them. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralName,
  type X509Certificate,
} from '@peculiar/x509';
import { isIP } from 'node:net';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

export interface Issued {
  /** PEM. */
  readonly key: string;
  /** PEM of the certificate, and of those between it and the root. */
  readonly cert: string;
}

export interface LeafSettings {
  /** Host names and addresses. */
  readonly names: readonly string[];
  /** Days from now at which it begins and ends to be valid. */
  readonly validFromDays?: number;
  readonly validToDays?: number;
  /** Issued by itself instead of by the authority. */
  readonly selfSigned?: boolean;
}

export interface Authority {
  /** PEM of the root. */
  readonly certificate: string;
  issue(settings: LeafSettings): Promise<Issued>;
  /** An authority under this one. Unless told to, what it issues comes without the link between. */
  intermediate(settings?: { readonly validToDays?: number; readonly isSent?: boolean }): Promise<Authority>;
}

interface Signer {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const inDays = (days: number): Date => new Date(Date.now() + days * dayMs);

let serial = 1;

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

const nameOf = (name: string): JsonGeneralName => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name });

interface CertificateSettings {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly signer: Signer | null;
  readonly validFromDays: number;
  readonly validToDays: number;
  readonly names: readonly string[] | 'authority';
}

async function certify({ subject, keys, signer, names, ...valid }: CertificateSettings): Promise<X509Certificate> {
  const extensions =
    names === 'authority'
      ? [new BasicConstraintsExtension(true, undefined, true)]
      : [new SubjectAlternativeNameExtension(names.map(nameOf))];
  return await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, '0'),
    subject,
    issuer: signer?.certificate.subject ?? subject,
    notBefore: inDays(valid.validFromDays),
    notAfter: inDays(valid.validToDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: (signer?.keys ?? keys).privateKey,
    extensions,
  });
}

function authorityOf(signer: Signer, sentChain: string): Authority {
  return {
    certificate: signer.certificate.toString('pem'),
    async issue({ names, validFromDays = -1, validToDays = 90.5, selfSigned = false }) {
      const keys = await makeKeys();
      const subject = `CN=${names[0] ?? 'nobody'}`;
      const issuer = selfSigned ? null : signer;
      const certificate = await certify({ subject, keys, signer: issuer, validFromDays, validToDays, names });
      return { key: await pemOf(keys.privateKey), cert: certificate.toString('pem') + (selfSigned ? '' : sentChain) };
    },
    async intermediate({ validToDays = 365, isSent = false } = {}) {
      const keys = await makeKeys();
      const subject = 'CN=Spec Intermediate, O=Quorate';
      const valid = { validFromDays: -1, validToDays };
      const certificate = await certify({ subject, keys, signer, names: 'authority', ...valid });
      return authorityOf({ certificate, keys }, isSent ? `\n${certificate.toString('pem')}` : '');
    },
  };
}

/** Two authorities of one name are confused by who verifies: one of several needs a name of its own. */
export async function createAuthority(name = 'Spec Root'): Promise<Authority> {
  const keys = await makeKeys();
  const subject = `CN=${name}, O=Quorate`;
  const valid = { validFromDays: -2, validToDays: 3_650 };
  const certificate = await certify({ subject, keys, signer: null, names: 'authority', ...valid });
  return authorityOf({ certificate, keys }, '');
}
