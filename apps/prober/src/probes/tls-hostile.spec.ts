/** Handshakes that no library would make: scripted byte for byte. */
import { describe, expect, it } from '@jest/globals';
import { tlsProbeSchema, type Evidence } from '@quorate/contracts';
import { serverHello, startRawServer, tlsAlert, tlsRecord, weakDiffieHellman, type Script } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeTls } from './tls.probe.ts';

const stage = await openProbeStage();
const issued = await stage.authority.issue({ names: ['localhost'], keys: 'rsa2048' });

async function look(script: Script, timeoutMs = 5_000): Promise<Evidence> {
  const server = await stage.serve(startRawServer(script));
  const tls = tlsProbeSchema.parse({ host: 'localhost', port: server.port });
  return await probeTls(tls, stage.context({ timeoutMs }));
}

/** What is said once the ClientHello has begun to come. */
const saying =
  (...words: readonly Buffer[]): Script =>
  async (socket, heard) => {
    await heard(/./s);
    socket.write(Buffer.concat(words));
  };

const hello = serverHello({ cipher: 0xc02f });

describe('a target that chooses', () => {
  it.each([480, 512])('a Diffie-Hellman group of %d bits is down', async (bits) => {
    expect(await look(weakDiffieHellman(bits, issued))).toMatchObject({
      ...{ outcome: 'down', reason: 'tls.handshake', certificate: null },
      message: expect.stringMatching(/^the target chose a Diffie-Hellman group that is too small to be safe/),
    });
  });

  it.each([
    ['RC4', 0x0005],
    ['3DES', 0x000a],
    ['no encryption', 0x0001],
    ['RC4 of 40 bits for export', 0x0003],
    ['nobody’s certificate', 0x0034],
    ['a cipher of TLS 1.3 in TLS 1.2', 0x1301],
    ['a cipher that does not exist', 0xfefe],
  ])('%s is down, for nobody offered that', async (_what, cipher) => {
    expect(await look(saying(serverHello({ cipher })))).toMatchObject({
      ...{ outcome: 'down', reason: 'tls.handshake' },
      message: expect.stringMatching(/^the target chose a cipher that it was not offered/),
    });
  });

  it('compression is down', async () => {
    const evidence = await look(saying(serverHello({ cipher: 0xc02f, compression: 1 })));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });

  it('to know nothing of secure renegotiation is down, as with curl', async () => {
    const evidence = await look(saying(serverHello({ cipher: 0xc02f, extensions: Buffer.alloc(0) })));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
    expect(evidence.message).toMatch(/^the target does not know secure renegotiation \(RFC 5746\)/);
  });
});

describe('an alert', () => {
  it.each([
    [10, 'tls.handshake', /^the target broke the handshake off with an alert \(.*UNEXPECTED_MESSAGE\)$/],
    [20, 'tls.handshake', /^the target broke the handshake off with an alert \(.*BAD_RECORD_MAC\)$/],
    [40, 'tls.handshake', /^the target refused the handshake: it finds no cipher in common, or wants/],
    [42, 'tls.handshake', /^the target does not let in a client with this certificate, or with none/],
    [48, 'tls.handshake', /^the target does not let in a client with this certificate, or with none/],
    [49, 'tls.handshake', /^the target does not let in a client with this certificate, or with none/],
    [50, 'tls.handshake', /^the target broke the handshake off with an alert/],
    [70, 'tls.protocol', /^the target does not speak TLS 1\.2 or newer there/],
    [71, 'tls.handshake', /^the target finds all that it was offered too weak/],
    [80, 'tls.handshake', /^the target says that something failed within it/],
    [86, 'tls.handshake', /^the target finds all that it was offered too weak/],
    [110, 'tls.handshake', /^the target broke the handshake off with an alert/],
    [112, 'tls.handshake', /^the target has no site of the name that it was asked for/],
    [116, 'tls.handshake', /^the target does not let in a client with this certificate, or with none/],
    [120, 'tls.handshake', /^the target broke the handshake off with an alert|^the TLS handshake failed/],
  ])('number %d is %s, in words', async (description, reason, words) => {
    const evidence = await look(saying(tlsAlert(description)));
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(words) });
  });

  it.each<[string, Buffer]>([
    ['neither fatal nor a warning', tlsRecord(21, Buffer.from([3, 40]))],
    ['cut in half', tlsRecord(21, Buffer.from([2]))],
    ['given twice in one record', tlsRecord(21, Buffer.from([2, 40, 2, 40]))],
    ['a warning, again and again', Buffer.concat(Array.from({ length: 20 }, () => tlsAlert(90, 1)))],
  ])('that is %s is down', async (_what, bytes) => {
    expect(await look(saying(bytes))).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });

  it('that is a warning and followed by nothing is down at the deadline', async () => {
    expect(await look(saying(tlsAlert(112, 1)), 200)).toMatchObject({ outcome: 'down', reason: 'timeout.tls' });
  });
});

describe('a record', () => {
  it.each<[string, string, readonly Buffer[]]>([
    ['larger than TLS allows', 'tls.handshake', [tlsRecord(22, Buffer.alloc(20_000))]],
    [
      'with nothing in it, again and again',
      'tls.handshake',
      Array.from({ length: 100 }, () => tlsRecord(22, Buffer.alloc(0))),
    ],
    ['of data before the handshake', 'tls.handshake', [tlsRecord(23, Buffer.from('hello'))]],
    ['that changes ciphers before there are any', 'tls.handshake', [tlsRecord(20, Buffer.from([1]))]],
    ['of a type that does not exist', 'tls.handshake', [tlsRecord(99, Buffer.from([1]))]],
    [
      'of a version that does not exist',
      'tls.protocol',
      [tlsRecord(22, Buffer.from([2, 0, 0, 0]), Buffer.from([9, 9]))],
    ],
    ['that greets twice', 'tls.handshake', [hello, hello]],
    ['that announces a greeting of 16 MB', 'tls.handshake', [tlsRecord(22, Buffer.from([2, 0xff, 0xff, 0xff, 3, 3]))]],
    ['behind which is garbage', 'tls.protocol', [hello, Buffer.from('garbage garbage')]],
    ['behind which is plain HTTP', 'tls.protocol', [hello, Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]],
  ])('%s is down: %s', async (_what, reason, words) => {
    expect(await look(saying(...words))).toMatchObject({ outcome: 'down', reason, certificate: null });
  });

  it('cut in half is down at the deadline', async () => {
    expect(await look(saying(hello.subarray(0, 20)), 200)).toMatchObject({ outcome: 'down', reason: 'timeout.tls' });
  });

  it('that is our own sent back is down', async () => {
    const echo: Script = async (socket, heard) => {
      socket.write(Buffer.from(await heard(/[^]{100}/), 'latin1'));
    };
    expect(await look(echo)).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });

  it.each<[string, RegExp, (script: Parameters<Script>[0]) => void]>([
    ['the end', /closed by the target/, (socket) => void socket.end(hello)],
    [
      'a reset',
      /^the target reset the connection within the handshake/,
      (socket) => void socket.write(hello, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    ],
  ])('behind which is %s is down', async (_what, message, end) => {
    const ending: Script = async (socket, heard) => {
      await heard(/./s);
      end(socket);
    };
    expect(await look(ending)).toMatchObject({
      ...{ outcome: 'down', reason: 'tls.handshake' },
      message: expect.stringMatching(message),
    });
  });
});
