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
import { importRsa8192Keys } from './rsa-8192-keys.ts';

const algorithms = {
  ecc256: { name: 'ECDSA', namedCurve: 'P-256' },
  ecc384: { name: 'ECDSA', namedCurve: 'P-384' },
  rsa2048: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2_048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;
type KeyKind = keyof typeof algorithms | 'rsa8192';
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
  /** Its common name, or none. When left out, the first of its names. */
  readonly subject?: string;
  readonly keys?: KeyKind;
  /** What the issuer's signature is made over. */
  readonly hash?: 'SHA-256' | 'SHA-1';
}

export interface Authority {
  /** PEM of the root. */
  readonly certificate: string;
  issue(settings: LeafSettings): Promise<Issued>;
  /** An authority under this one. Unless told to, what it issues comes without the link between. */
  intermediate(settings?: IntermediateSettings): Promise<Authority>;
  /** PEM of a certificate for this authority by an older one that nobody trusts, as is sent for old clients' sake. */
  crossSigned(settings: { readonly validToDays: number }): Promise<string>;
}

interface IntermediateSettings {
  readonly validToDays?: number;
  readonly isSent?: boolean;
  readonly name?: string;
  readonly hash?: LeafSettings['hash'];
}

interface Signer {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const inDays = (days: number): Date => new Date(Date.now() + days * dayMs);

let serial = 1;

async function makeKeys(kind: KeyKind = 'ecc256'): Promise<webcrypto.CryptoKeyPair> {
  if (kind === 'rsa8192') return await importRsa8192Keys();
  return await webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify']);
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
  readonly hash?: LeafSettings['hash'] | undefined;
}

async function certify(settings: CertificateSettings): Promise<X509Certificate> {
  const { subject, keys, signer, names, hash = 'SHA-256', ...valid } = settings;
  const extensions =
    names === 'authority'
      ? [new BasicConstraintsExtension(true, undefined, true)]
      : [new SubjectAlternativeNameExtension(names.map(nameOf), subject === '')];
  const signingKey = (signer?.keys ?? keys).privateKey;
  return await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, '0'),
    subject,
    issuer: signer?.certificate.subject ?? subject,
    notBefore: inDays(valid.validFromDays),
    notAfter: inDays(valid.validToDays),
    signingAlgorithm: { name: signingKey.algorithm.name, hash },
    publicKey: keys.publicKey,
    signingKey,
    extensions,
  });
}

const authorityOf = (signer: Signer, sentChain: string): Authority => ({
  certificate: signer.certificate.toString('pem'),
  issue: async (settings) => await issueBy(signer, sentChain, settings),
  intermediate: async (settings = {}) => await intermediateOf(signer, settings),
  crossSigned: async (settings) => await crossSign(signer, settings),
});

async function issueBy(signer: Signer, sentChain: string, settings: LeafSettings): Promise<Issued> {
  const { names, validFromDays = -1, validToDays = 90.5, selfSigned = false, hash } = settings;
  const keys = await makeKeys(settings.keys);
  const subject = settings.subject ?? `CN=${names[0] ?? 'nobody'}`;
  const issuer = selfSigned ? null : signer;
  const certificate = await certify({ subject, keys, signer: issuer, validFromDays, validToDays, names, hash });
  return { key: await pemOf(keys.privateKey), cert: certificate.toString('pem') + (selfSigned ? '' : sentChain) };
}

async function intermediateOf(signer: Signer, settings: IntermediateSettings): Promise<Authority> {
  const { validToDays = 365, isSent = false, name = 'Spec Intermediate', hash } = settings;
  const keys = await makeKeys();
  const valid = { validFromDays: -1, validToDays };
  const subject = `CN=${name}, O=Quorate`;
  const certificate = await certify({ subject, keys, signer, names: 'authority', hash, ...valid });
  return authorityOf({ certificate, keys }, isSent ? `\n${certificate.toString('pem')}` : '');
}

async function crossSign({ certificate, keys }: Signer, { validToDays }: { validToDays: number }): Promise<string> {
  const old = await createSigner('CN=Spec Old Root, O=Quorate');
  const valid = { validFromDays: -90, validToDays };
  const { subject } = certificate;
  const crossSigned = await certify({ subject, keys, signer: old, names: 'authority', ...valid });
  return crossSigned.toString('pem');
}

async function createSigner(subject: string): Promise<Signer> {
  const keys = await makeKeys();
  const valid = { validFromDays: -2, validToDays: 3_650 };
  return { certificate: await certify({ subject, keys, signer: null, names: 'authority', ...valid }), keys };
}

/** Two authorities of one name are confused by who verifies: one of several needs a name of its own. */
export async function createAuthority(name = 'Spec Root'): Promise<Authority> {
  return authorityOf(await createSigner(`CN=${name}, O=Quorate`), '');
}
