/** Which certificates and keys a monitor may bring along. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { monitorSettingsSchema, type MonitorSettings } from '@quorate/contracts';
import { createAuthority, type Authority, type Issued } from '@quorate/testing';
import { ProblemError } from '../http/problem.ts';
import { redacted } from '../secrets/sealing.ts';
import { checkCertificates } from './certificates.ts';

let authority: Authority;
let issued: Issued;
let encrypted: string;

beforeAll(async () => {
  authority = await createAuthority();
  issued = await authority.issue({ names: ['the prober'] });
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' } as const;
  encrypted = String(createPrivateKey(issued.key).export(cipher));
});

const parsed = (tls: object): MonitorSettings =>
  monitorSettingsSchema.parse({ name: 'Shop', type: 'http', http: { url: 'https://shop.example.com', tls } });

function faultsOf(tls: object, stored: object | null = null): [pointer: string, message: string][] {
  try {
    checkCertificates(parsed(tls), stored === null ? null : parsed(stored));
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.errors.map(({ pointer, message }) => [pointer, message]);
    throw error;
  }
}

const at = '/http/tls/clientCertificate';
const showing = (changes: object = {}): object => ({
  clientCertificate: { certificate: issued.cert, key: issued.key, ...changes },
});
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('a monitor', () => {
  it('may bring authorities, a certificate and its key', async () => {
    const chained = await (await authority.intermediate({ isSent: true })).issue({ names: ['another'] });
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ ca: `# ours\n${authority.certificate}\n${authority.certificate}`, ...showing() })).toEqual([]);
    expect(faultsOf(showing({ certificate: chained.cert, key: chained.key }))).toEqual([]);
    expect(faultsOf(showing({ key: encrypted, passphrase: 'open' }))).toEqual([]);
  });

  it('may bring a certificate that has expired: its server is to say so', async () => {
    const expired = await authority.issue({ names: ['late'], validFromDays: -9, validToDays: -1 });
    expect(faultsOf(showing({ certificate: expired.cert, key: expired.key }))).toEqual([]);
  });

  it('is told which certificate cannot be read', () => {
    expect(faultsOf({ ca: `${authority.certificate}\n${broken}` })).toEqual([
      ['/http/tls/ca', 'certificate 2 of it cannot be read'],
    ]);
    const half = '-----BEGIN CERTIFICATE-----\nAAAA';
    expect(faultsOf({ ca: half, ...showing({ certificate: half }) })).toEqual([
      ['/http/tls/ca', 'must hold at least one whole certificate in PEM'],
      [`${at}/certificate`, 'must hold at least one whole certificate in PEM'],
    ]);
  });

  it('is told what is wrong with the key', async () => {
    const other = await authority.issue({ names: ['another'] });
    const said = (changes: object) => faultsOf(showing(changes))[0];
    expect(said({ key: 'nonsense' })?.[0]).toBe(`${at}/key`);
    expect(said({ key: redacted })?.[0]).toBe(`${at}/key`);
    expect(said({ key: other.key })).toEqual([`${at}/key`, 'must be the key of the first certificate']);
    expect(said({ key: encrypted })).toEqual([`${at}/passphrase`, 'is required: the key is encrypted']);
    expect(said({ key: encrypted, passphrase: 'wrong' })).toEqual([`${at}/passphrase`, 'does not open the key']);
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
    expect(said({ key: pem })).toEqual([`${at}/key`, 'must be a private key in PEM ("-----BEGIN PRIVATE KEY-----")']);
  });
});

describe('an edited monitor', () => {
  const sealed = { key: 'sealed:v1:a', passphrase: 'sealed:v1:b' };
  const hidden = { key: redacted, passphrase: redacted };

  it('keeps what it does not name', () => {
    expect(faultsOf(showing(hidden), showing(sealed))).toEqual([]);
    expect(faultsOf({ ...showing({ key: redacted }), verify: false }, showing({ key: 'sealed:v1:a' }))).toEqual([]);
  });

  it('brings certificate, key and passphrase together where one of them changes', async () => {
    const { cert } = await authority.issue({ names: ['another'] });
    const message = 'must be sent again where another part of the client certificate changes';
    expect(faultsOf(showing({ ...hidden, certificate: cert }), showing(sealed))).toEqual([[`${at}/key`, message]]);
    expect(faultsOf(showing({ ...hidden, passphrase: 'new' }), showing(sealed))).toEqual([[`${at}/key`, message]]);
    expect(faultsOf(showing({ ...hidden, passphrase: null }), showing(sealed))).toEqual([[`${at}/key`, message]]);
    expect(faultsOf(showing({ passphrase: redacted }), showing(sealed))).toEqual([[`${at}/passphrase`, message]]);
    expect(faultsOf(showing(), showing(sealed))).toEqual([]);
  });
});
