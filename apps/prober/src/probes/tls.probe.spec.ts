import { describe, expect, it } from '@jest/globals';
import type { TlsOptions } from 'node:tls';
import { tlsProbeSchema, type Evidence } from '@quorate/contracts';
import { createAuthority, startTlsServer, type Issued, type LeafSettings, type TlsServer } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeTls } from './tls.probe.ts';

const stage = await openProbeStage();
const { authority } = stage;
let server: TlsServer;

async function look(port: number, changes: object = {}): Promise<Evidence> {
  const tls = tlsProbeSchema.parse({ host: 'localhost', port, ...changes });
  return await probeTls(tls, stage.context({ timeoutMs: 5_000 }));
}

async function lookAt(options: TlsOptions, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startTlsServer(options));
  return await look(server.port, changes);
}

const leaf = (changes: Partial<LeafSettings> = {}) => authority.issue({ names: ['localhost'], ...changes });
const sending = ({ key, cert }: Issued, ...others: string[]): Issued => ({ key, cert: [cert, ...others].join('\n') });

function namesUpTo(count: number): string[] {
  return Array.from({ length: count - 1 }, (_, index) => `name-${index}.shop.test`);
}

describe('a TLS probe', () => {
  it('of a good certificate is up, with its facts and those of the handshake', async () => {
    const evidence = await lookAt(await leaf());
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, message: null, excerpt: null, address: '127.0.0.1' });
    expect(evidence.certificate).toEqual({
      notAfter: expect.any(Number),
      daysLeft: 90,
      issuer: 'CN=Spec Root, O=Quorate',
      subject: 'CN=localhost',
      firstToExpire: 'CN=localhost',
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      warning: false,
    });
    const { totalMs, tlsMs, ttfbMs, transferMs, connectMs, dnsMs } = evidence.phases;
    expect([ttfbMs, transferMs]).toEqual([null, null]);
    expect((dnsMs ?? 0) + (connectMs ?? 0) + (tlsMs ?? 0)).toBeCloseTo(totalMs, 6);
  });

  it('asks for the name that it is told, and wants the certificate to be for that', async () => {
    const options = await leaf({ names: ['shop.test'] });
    expect(await lookAt(options, { serverName: 'shop.test' })).toMatchObject({ outcome: 'up' });
    expect(server.askedFor).toBe('shop.test');
  });

  it('of an address asks for no name, and wants the certificate to be for the address', async () => {
    expect(await lookAt(await leaf({ names: ['127.0.0.1'] }), { host: '127.0.0.1' })).toMatchObject({ outcome: 'up' });
    expect(server.askedFor).toBeNull();
  });

  it('takes a wildcard for one label', async () => {
    const options = await leaf({ names: ['*.shop.test'] });
    expect(await lookAt(options, { serverName: 'www.shop.test' })).toMatchObject({ outcome: 'up' });
    expect(await lookAt(options, { serverName: 'a.b.shop.test' })).toMatchObject({ reason: 'tls.hostname' });
  });
});

describe('a certificate', () => {
  const ups: [string, () => Promise<Issued>][] = [
    ['with 1,000 names', () => leaf({ names: ['localhost', ...namesUpTo(1_000)] })],
    ['with an RSA key of 8,192 bits', () => leaf({ keys: 'rsa8192' })],
    ['with an ECC key of 384 bits', () => leaf({ keys: 'ecc384' })],
    ['without a common name', () => leaf({ subject: 'O=Quorate' })],
    ['without a subject', () => leaf({ subject: '' })],
  ];
  it.each(ups)('%s is up', async (_what, issue) => {
    expect(await lookAt(await issue())).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90 } });
  });

  it('whose chain was sent in reverse is up', async () => {
    const lower = await authority.intermediate({ name: 'Upper' });
    const lowest = await lower.intermediate({ name: 'Lower' });
    const issued = await lowest.issue({ names: ['localhost'] });
    const evidence = await lookAt(sending(issued, authority.certificate, lower.certificate, lowest.certificate));
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { issuer: 'CN=Lower, O=Quorate' } });
  });

  it('with 10,000 names, or fewer long ones, is down: OpenSSL reads no chain of more than 100 kB', async () => {
    const names = namesUpTo(1_700).map((name) => `${'n'.repeat(50)}-${name}`);
    const evidence = await lookAt(await leaf({ names: ['localhost', ...names] }));
    const message = 'the target sent a chain of more than 100 kB (ERR_SSL_EXCESSIVE_MESSAGE_SIZE)';
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake', message, certificate: null });
  });

  it('that is revoked is up: revocation is not checked', async () => {
    // Nothing in the certificate or the handshake tells; a list or a responder would have to be asked, and is not.
    expect(await lookAt(await leaf())).toMatchObject({ outcome: 'up' });
  });

  it('signed by SHA-1 anywhere in its chain is down', async () => {
    const weak = await authority.intermediate({ hash: 'SHA-1', isSent: true });
    const evidence = await lookAt({ ...(await weak.issue({ names: ['localhost'] })), ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(evidence).toMatchObject({
      reason: 'tls.untrusted',
      message: expect.stringContaining('"CN=Spec Intermediate, O=Quorate" above that of localhost is too weak'),
    });
  });

  const wrong: [string, string, Partial<LeafSettings>, string][] = [
    ['that has expired', 'tls.expired', { validFromDays: -90, validToDays: -1 }, 'has expired, on '],
    ['that is not valid yet', 'tls.not-yet-valid', { validFromDays: 2 }, 'is not valid before '],
    ['for another host', 'tls.hostname', { names: ['shop.test'] }, 'not for localhost but for DNS:shop.test'],
    ['that is self-signed', 'tls.self-signed', { selfSigned: true }, 'is self-signed'],
  ];
  it.each(wrong)('%s is down: %s', async (_what, reason, changes, saying) => {
    const evidence = await lookAt(await leaf(changes));
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringContaining(saying) });
  });

  it.each(wrong)('%s is up where it is not to be verified, with its facts', async (_what, _reason, changes) => {
    const evidence = await lookAt(await leaf(changes), { verify: false });
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { protocol: 'TLSv1.3' } });
  });

  it('of an authority that is sent and not trusted is down', async () => {
    const stranger = await createAuthority('Unknown Root');
    const evidence = await lookAt(sending(await stranger.issue({ names: ['localhost'] }), stranger.certificate));
    expect(evidence).toMatchObject({ reason: 'tls.untrusted', message: expect.stringContaining('is not trusted') });
  });

  it('that came without a link of its chain is down, and the link is named', async () => {
    const link = await authority.intermediate();
    const evidence = await lookAt(await link.issue({ names: ['localhost'] }));
    expect(evidence).toMatchObject({
      reason: 'tls.untrusted',
      message: expect.stringContaining('leads to "CN=Spec Intermediate, O=Quorate", which the target did not send'),
    });
  });

  it('below one that has expired is down, and that one is named', async () => {
    const link = await authority.intermediate({ validToDays: -0.5, isSent: true });
    const evidence = await lookAt(await link.issue({ names: ['localhost'] }));
    expect(evidence).toMatchObject({
      reason: 'tls.expired',
      message: expect.stringContaining('"CN=Spec Intermediate, O=Quorate" above that of localhost has expired'),
      certificate: { daysLeft: -1, firstToExpire: 'CN=Spec Intermediate, O=Quorate' },
    });
  });
});

describe('the days that are left', () => {
  it.each([
    [13.5, 14, true],
    [15.5, 14, false],
    [15.5, 30, true],
    [0.5, 0, false],
  ])(
    'of a certificate for %d days, to be warned of at %d: %s',
    async (validToDays, certificateWarningDays, warning) => {
      const evidence = await lookAt(await leaf({ validToDays }), { certificateWarningDays });
      expect(evidence).toMatchObject({ outcome: 'up', certificate: { warning, daysLeft: Math.floor(validToDays) } });
    },
  );

  it('are those of the first in the chain to expire, which is named', async () => {
    const link = await authority.intermediate({ validToDays: 5.5, isSent: true });
    const evidence = await lookAt(await link.issue({ names: ['localhost'] }));
    const firstToExpire = 'CN=Spec Intermediate, O=Quorate';
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 5, warning: true, firstToExpire } });
  });

  it('heed no certificate that is sent beside the chain that proves it', async () => {
    const link = await authority.intermediate({ isSent: true });
    const crossSigned = await authority.crossSigned({ validToDays: -3 });
    const evidence = await lookAt(sending(await link.issue({ names: ['localhost'] }), crossSigned));
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90, warning: false } });
  });

  it('heed what is not verified as well', async () => {
    const issued = await leaf({ validToDays: 3.5, selfSigned: true });
    expect(await lookAt(issued, { verify: false })).toMatchObject({ certificate: { daysLeft: 3, warning: true } });
  });
});
