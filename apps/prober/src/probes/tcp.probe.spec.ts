import { describe, expect, it } from '@jest/globals';
import { TLSSocket } from 'node:tls';
import { tcpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, type RawServer, type Script } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeTcp } from './tcp.probe.ts';

const stage = await openProbeStage();
let server: RawServer;

async function look(script: Script, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startRawServer(script));
  const tcp = tcpProbeSchema.parse({ host: 'localhost', port: server.port, ...changes });
  return await probeTcp(tcp, stage.context({ timeoutMs: 500 }));
}

const smtp: Script = async (socket, heard) => {
  socket.write('220 mail.example ESMTP\r\n');
  await heard(/EHLO quorate\r\n/);
  socket.write('250-mail.example\r\n250-STARTTLS\r\n');
  socket.write('250 HELP\r\n');
  await heard(/STARTTLS\r\n/);
  socket.write('220 go on\r\n');
  socket.removeAllListeners('data');
  const secure = new TLSSocket(socket, { isServer: true, ...stage.issued });
  secure.on('error', () => socket.destroy());
  secure.once('data', () => secure.write('250 hello again\r\n'));
};

describe('a TCP probe', () => {
  it('without steps is up as soon as it is connected', async () => {
    const evidence = await look(() => undefined);
    expect(evidence).toMatchObject({ outcome: 'up', address: '127.0.0.1', statusCode: null, certificate: null });
    expect(evidence.phases).toMatchObject({ tlsMs: null, ttfbMs: null, transferMs: null });
  });

  it('without steps is up even when the connection is closed at once', async () => {
    expect(await look((socket) => void socket.end())).toMatchObject({ outcome: 'up' });
  });

  it('follows a whole conversation, TLS in its middle included', async () => {
    const steps = [
      { expect: '^220' },
      { send: 'EHLO quorate\r\n' },
      { expect: '^250 ' },
      { send: 'STARTTLS\r\n' },
      { expect: '^220 go' },
      { startTls: true },
      { send: 'EHLO quorate\r\n' },
      { expect: '^250 hello again' },
    ];
    const evidence = await look(smtp, { steps });
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { warning: false } });
  });

  it('speaks TLS from the start where it is told to', async () => {
    const secureEcho: Script = (socket) => {
      socket.removeAllListeners('data');
      const secure = new TLSSocket(socket, { isServer: true, ...stage.issued });
      secure.on('error', () => socket.destroy()).once('data', (bytes) => secure.write(bytes as Buffer));
    };
    const steps = [{ send: 'ping' }, { expect: 'ping' }];
    expect(await look(secureEcho, { tls: true, steps })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it('matches what comes in pieces', async () => {
    const script: Script = async (socket) => {
      for (const piece of ['+O', 'K rea', 'dy\r\n']) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    expect(await look(script, { steps: [{ expect: '^\\+OK ready' }] })).toMatchObject({ outcome: 'up' });
  });

  it.each<[string, string, Script]>([
    ['says something else', 'tcp.mismatch', (socket) => void socket.write('554 no service\r\n')],
    ['says something else and closes', 'tcp.mismatch', (socket) => void socket.end('554 no service\r\n')],
    ['closes without a word', 'tcp.mismatch', (socket) => void socket.end()],
    ['resets the connection', 'connect.reset', (socket) => setTimeout(() => socket.resetAndDestroy(), 20) && undefined],
    ['says nothing', 'timeout.response', () => undefined],
    ['talks without end', 'tcp.mismatch', (socket) => void socket.write('x'.repeat(200_000))],
  ])('of a target that %s is down: %s', async (_what, reason, script) => {
    expect(await look(script, { steps: [{ expect: '^220' }] })).toMatchObject({ outcome: 'down', reason });
  });

  it('says what it got and what it expected', async () => {
    const evidence = await look((socket) => void socket.end('554 no\r\n'), { steps: [{ expect: '^220' }] });
    expect(evidence).toMatchObject({
      message: 'got "554 no\\r\\n", expected it to match "^220"',
      excerpt: '554 no\r\n',
    });
  });

  it('of a port that is closed is down', async () => {
    const gone = await startRawServer(() => undefined);
    await gone.close();
    expect(await look(() => undefined, { port: gone.port })).toMatchObject({ reason: 'connect.refused' });
  });

  it('of an address that is not to be probed is down, and nobody is dialled', async () => {
    const evidence = await look(() => undefined, { host: '169.254.169.254' });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'blocked.address', address: null });
  });

  it('of a name without an address of the family that is wanted is down', async () => {
    const evidence = await look(() => undefined, { host: '127.0.0.1', ipFamily: '6' });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'dns.no-answer' });
  });

  it.each<[string, string, Script]>([
    ['says a byte a second', 'tcp.mismatch', (socket) => void socket.write('2')],
    ['closes after half of its banner', 'tcp.mismatch', (socket) => void socket.end('22')],
    [
      'hangs up on what it is told',
      'tcp.mismatch',
      async (socket, heard) => {
        socket.write('220 go on\r\n');
        await heard(/EHLO/);
        socket.end();
      },
    ],
    [
      'says nothing to what it is told',
      'timeout.response',
      async (socket, heard) => {
        socket.write('220 go on\r\n');
        await heard(/EHLO/);
      },
    ],
    ['talks nonsense', 'tcp.mismatch', (socket) => void socket.end(Buffer.from([0, 0xff, 0xfe, 0x80, 0xc3, 0x28]))],
  ])('of a conversation with a target that %s is down: %s', async (_what, reason, script) => {
    const steps = [{ expect: '^220.*\n' }, { send: 'EHLO quorate\r\n' }, { expect: '^250' }];
    const evidence = await look(script, { steps });
    expect(evidence).toMatchObject({ outcome: 'down', reason });
    expect(evidence.phases.totalMs).toBeLessThan(700);
  });

  it('matches a character that comes in two pieces', async () => {
    const bytes = Buffer.from('grüß');
    const script: Script = async (socket) => {
      socket.write(bytes.subarray(0, 3));
      await new Promise((resolve) => setTimeout(resolve, 10));
      socket.write(bytes.subarray(3));
    };
    expect(await look(script, { steps: [{ expect: '^grüß' }] })).toMatchObject({ outcome: 'up' });
  });

  it('goes on where the last match ended', async () => {
    const steps = [{ expect: 'one' }, { expect: '^ two' }, { expect: 'three' }];
    expect(await look((socket) => void socket.write('zero one two three'), { steps })).toMatchObject({ outcome: 'up' });
    const twice = [{ expect: 'one' }, { expect: 'one' }];
    await server.close();
    expect(await look((socket) => void socket.end('one'), { steps: twice })).toMatchObject({ reason: 'tcp.mismatch' });
  });

  it('of a port that speaks no TLS is down where TLS is wanted', async () => {
    const evidence = await look((socket) => void socket.write('220 mail.test\r\n'), { tls: true });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
  });

  it('needs a port that exists', () => {
    const accepts = (port: number) => tcpProbeSchema.safeParse({ host: 'localhost', port }).success;
    expect([0, 1, 65_535, 65_536].map(accepts)).toEqual([false, true, true, false]);
  });

  it('trusts nothing that was said before TLS began', async () => {
    const injecting: Script = (socket) => {
      socket.write('220 go on\r\n250 injected\r\n');
      socket.removeAllListeners('data');
      const secure = new TLSSocket(socket, { isServer: true, ...stage.issued });
      secure.on('error', () => socket.destroy());
    };
    const steps = [{ expect: '^220 go on' }, { startTls: true }, { expect: '^250 injected' }];
    expect(await look(injecting, { steps })).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });
});

describe('what comes last before the deadline', () => {
  /** A look at so long a text is worth it again only after a pause, which outlasts the deadline here. */
  const long = 'x'.repeat(60_000);

  /** Says `word` behind the long text, and lets nobody hear it before the deadline is over. */
  const lateBy =
    (word: string): Script =>
    (socket) => {
      const overAt = performance.now() + 550;
      socket.write(long);
      setTimeout(() => {
        socket.write(word);
        while (performance.now() < overAt);
      }, 100);
    };

  it('is looked at, and a match counts', async () => {
    expect(await look(lateBy('ready'), { steps: [{ expect: 'ready' }] })).toMatchObject({
      outcome: 'up',
      reason: null,
    });
  });

  it('is told where it is none', async () => {
    const evidence = await look(lateBy('never'), { steps: [{ expect: 'ready' }] });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tcp.mismatch' });
  });
});
