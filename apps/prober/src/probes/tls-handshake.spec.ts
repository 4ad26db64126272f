import { describe, expect, it } from '@jest/globals';
import { getDiffieHellman } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { tlsProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, startTlsServer, type LeafSettings, type Script } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeTls } from './tls.probe.ts';

const stage = await openProbeStage();

async function look(port: number, changes: object = {}, timeoutMs = 5_000): Promise<Evidence> {
  const tls = tlsProbeSchema.parse({ host: 'localhost', port, ...changes });
  return await probeTls(tls, stage.context({ timeoutMs }));
}

async function lookAt(options: TlsOptions, changes: object = {}): Promise<Evidence> {
  const { port } = await stage.serve(startTlsServer(options));
  return await look(port, changes);
}

const leaf = (changes: Partial<LeafSettings> = {}) => stage.authority.issue({ names: ['localhost'], ...changes });

async function lookAtRaw(script: Script, timeoutMs = 300): Promise<Evidence> {
  const { port } = await stage.serve(startRawServer(script));
  return await look(port, {}, timeoutMs);
}

const dh1024 = (() => {
  const prime = getDiffieHellman('modp2').getPrime();
  const der = Buffer.concat([Buffer.from([0x30, 0x81, prime.length + 7, 0x02, 0x81, prime.length + 1, 0]), prime]);
  const parameters = Buffer.concat([der, Buffer.from([0x02, 0x01, 0x02])]).toString('base64');
  return `-----BEGIN DH PARAMETERS-----\n${parameters}\n-----END DH PARAMETERS-----\n`;
})();
const seclevel0 = 'ALL:@SECLEVEL=0';

describe('a handshake', () => {
  it.each(['TLSv1', 'TLSv1.1'] as const)('with %s at best is down', async (maxVersion) => {
    const options = { ...(await leaf()), minVersion: 'TLSv1', maxVersion, ciphers: seclevel0 } as const;
    expect(await lookAt(options)).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
  });

  it('with TLS 1.2 is up', async () => {
    const evidence = await lookAt({ ...(await leaf()), maxVersion: 'TLSv1.2' });
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { protocol: 'TLSv1.2' } });
  });

  it('with TLS 1.2 where TLS 1.3 is wanted is down, with the facts', async () => {
    const evidence = await lookAt({ ...(await leaf()), maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' });
    expect(evidence).toMatchObject({
      ...{ outcome: 'down', reason: 'tls.protocol', certificate: { daysLeft: 90, protocol: 'TLSv1.2' } },
      message: 'the target chose TLSv1.2, expected TLSv1.3 or newer',
    });
  });

  it.each([
    ['TLSv1', 'TLSv1', 'up'],
    ['TLSv1', 'TLSv1.1', 'down'],
    ['TLSv1.1', 'TLSv1.1', 'up'],
  ] as const)('with %s at best, where %s will do, is %s', async (maxVersion, minVersion, outcome) => {
    const options = { ...(await leaf()), minVersion: 'TLSv1', maxVersion, ciphers: seclevel0 } as const;
    expect(await lookAt(options, { minVersion })).toMatchObject({ outcome, certificate: { protocol: maxVersion } });
  });

  it('with a Diffie-Hellman group of 1,024 bits is down', async () => {
    const ciphers = 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0';
    const options = { ...(await leaf({ keys: 'rsa2048' })), maxVersion: 'TLSv1.2', ciphers, dhparam: dh1024 } as const;
    expect(await lookAt(options)).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });

  it('with a server that knows no cipher but NULL is down', async () => {
    const ciphers = 'NULL-SHA256:@SECLEVEL=0';
    const options = { ...(await leaf({ keys: 'rsa2048' })), maxVersion: 'TLSv1.2', ciphers } as const;
    expect(await lookAt(options)).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });

  it('that wants a certificate of ours fails with TLS 1.2; with TLS 1.3 it is over before that shows', async () => {
    const options = { ...(await leaf()), requestCert: true, rejectUnauthorized: true };
    const refused = await lookAt({ ...options, maxVersion: 'TLSv1.2' });
    expect(refused).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
    expect(await lookAt(options)).toMatchObject({ outcome: 'up', certificate: { protocol: 'TLSv1.3' } });
  });

  const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const handshakeFailureAlert = bytes('15 0303 0002 02 28');
  const sslV3ServerHello = bytes(`16 0300 002a 02 000026 0300 ${'ab'.repeat(32)} 00 002f 00`);
  const answering =
    (sent: Buffer | string): Script =>
    async (socket, heard) => {
      await heard(/./s);
      socket.write(sent);
    };

  it.each<[string, string, Script]>([
    ['knows no cipher but RC4 or 3DES', 'tls.handshake', answering(handshakeFailureAlert)],
    ['speaks SSL 3 at best', 'tls.protocol', answering(sslV3ServerHello)],
    ['speaks plain HTTP', 'tls.protocol', answering('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['greets as an SSH server', 'tls.protocol', (socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n')],
    ['greets as a mail server', 'tls.protocol', (socket) => void socket.write('220 mail.test ESMTP\r\n')],
    ['sends half a record and then nothing', 'timeout.tls', answering(bytes('16 0303 4000 02'))],
    ['sends half a record and closes', 'tls.handshake', (socket) => void socket.end(bytes('16 0303 4000 02'))],
    ['says nothing', 'timeout.tls', () => undefined],
    ['closes at once', 'tls.handshake', (socket) => void socket.end()],
    [
      'resets when it is spoken to',
      'tls.handshake',
      async (socket, heard) => {
        await heard(/./s);
        socket.resetAndDestroy();
      },
    ],
  ])('with a server that %s is down: %s', async (_what, reason, script) => {
    const evidence = await lookAtRaw(script);
    expect(evidence).toMatchObject({ outcome: 'down', reason, certificate: null });
  });

  it('that comes a byte at a time is ended by the deadline', async () => {
    const evidence = await lookAtRaw((socket) => {
      const timer = setInterval(() => socket.write(Buffer.from([0x16])), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(evidence.outcome).toBe('down');
    expect(evidence.phases.totalMs).toBeLessThan(400);
  });

  it('with a port that is closed is down', async () => {
    const gone = await startRawServer(() => undefined);
    await gone.close();
    expect(await look(gone.port)).toMatchObject({ outcome: 'down', reason: 'connect.refused' });
  });
});
