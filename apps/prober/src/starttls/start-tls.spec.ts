import { describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { tlsProbeSchema, type Evidence, type StartTlsProtocol } from '@quorate/contracts';
import { createAuthority, startRawServer, type Script } from '@quorate/testing';
import { openProbeStage } from '../probes/probe.stage.ts';
import { probeTls } from '../probes/tls.probe.ts';

const stage = await openProbeStage();
let { issued } = stage;

interface Sight {
  readonly script: Script;
  readonly startTls: StartTlsProtocol;
  readonly timeoutMs?: number;
}

async function look({ script, startTls, timeoutMs = 3_000 }: Sight): Promise<Evidence> {
  const { port } = await stage.serve(startRawServer(script));
  const tls = tlsProbeSchema.parse({ host: 'localhost', port, startTls });
  return await probeTls(tls, stage.context({ timeoutMs }));
}

/** `early` came together with what was heard before. */
function beginTls(socket: Socket, early: string): void {
  socket.removeAllListeners('data').pause();
  if (early !== '') socket.unshift(early, 'latin1');
  new TLSSocket(socket, { isServer: true, ...issued }).on('error', () => socket.destroy()).resume();
}

/** One turn of a server: what it waits for (nothing at first), and what it then says, as Latin-1. */
type Turn = readonly [awaits: RegExp | null, says: string];

type Write = (socket: Socket, says: string) => void | Promise<void>;

const atOnce: Write = (socket, says) => void socket.write(says, 'latin1');

const byteByByte: Write = async (socket, says) => {
  for (const character of says) {
    socket.write(character, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** The turns, and nothing more. */
function talking(turns: readonly Turn[], write = atOnce): Script {
  return async (socket, heard) => {
    for (const [awaits, says] of turns) {
      if (awaits !== null) await heard(awaits);
      await write(socket, says);
    }
  };
}

/** The turns, and then TLS. Where the last one says nothing, the handshake may have come with what it awaited. */
function talkingThenTls(turns: readonly Turn[], write = atOnce): Script {
  return async (socket, heard) => {
    await talking(turns, write)(socket, heard);
    const [awaits, says] = turns.at(-1) ?? [null, ''];
    beginTls(socket, awaits === null || says !== '' ? '' : (await heard(awaits)).replace(awaits, ''));
  };
}

const mysqlGreeting = (capabilities: number, message = ''): string => {
  const head = `\x0a8.4.0\x00\x01\x00\x00\x00saltsalt\x00`;
  const body = `${head}${String.fromCharCode(capabilities & 0xff, capabilities >> 8)}\x2d\x02\x00${message}`;
  return `${String.fromCharCode(body.length)}\x00\x00\x00${body}`;
};
const ldapResponse = (code: number): string =>
  `\x30\x0c\x02\x01\x01\x78\x07\x0a\x01${String.fromCharCode(code)}\x04\x00\x04\x00`;
// eslint-disable-next-line no-control-regex -- the protocol's bytes
const mysqlSslRequest = /^\x20\x00\x00\x01\x00\x8a\x08\x00[^]{28}/;
// eslint-disable-next-line no-control-regex -- the protocol's bytes
const postgresqlSslRequest = /^\x00\x00\x00\x08\x04\xd2\x16\x2f$/;
// eslint-disable-next-line no-control-regex -- the protocol's bytes
const ldapRequest = /^\x30\x1d\x02\x01\x01\x77\x18\x80\x161\.3\.6\.1\.4\.1\.1466\.20037$/;

const good: Record<StartTlsProtocol, readonly Turn[]> = {
  smtp: [
    [null, '220-mail.test ESMTP\r\n220 be welcome\r\n'],
    [/^EHLO \[127\.0\.0\.1\]\r\n$/, '250-mail.test\r\n250-PIPELINING\r\n250-starttls\r\n250 HELP\r\n'],
    [/STARTTLS\r\n$/, '220 go ahead\r\n'],
  ],
  imap: [
    [null, '* OK [ALERT] be welcome\r\n'],
    [/^a1 CAPABILITY\r\n$/, '* CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED\r\na1 OK done\r\n'],
    [/a2 STARTTLS\r\n$/, '* OK a word between\r\na2 OK go ahead\r\n'],
  ],
  pop3: [
    [null, '+OK be welcome\r\n'],
    [/^CAPA\r\n$/, '+OK here they are\r\nUIDL\r\nSTLS\r\n.\r\n'],
    [/STLS\r\n$/, '+OK go ahead\r\n'],
  ],
  ftp: [
    [null, '220-be welcome\r\n  to this server\r\n220 ready\r\n'],
    [/^AUTH TLS\r\n$/, '234 go ahead\r\n'],
  ],
  postgresql: [[postgresqlSslRequest, 'S']],
  mysql: [
    [null, mysqlGreeting(0x0800)],
    [mysqlSslRequest, ''],
  ],
  ldap: [[ldapRequest, ldapResponse(0)]],
};
const protocols = Object.keys(good) as StartTlsProtocol[];

describe('STARTTLS', () => {
  it.each(protocols)('over %s is asked for as the protocol says, and is up', async (startTls) => {
    const evidence = await look({ startTls, script: talkingThenTls(good[startTls]) });
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, certificate: { daysLeft: 90 } });
    const { dnsMs, connectMs, tlsMs, ttfbMs, transferMs, totalMs } = evidence.phases;
    const sum = [dnsMs, connectMs, tlsMs, ttfbMs, transferMs].reduce((all: number, ms) => all + (ms ?? 0), 0);
    expect(sum).toBeCloseTo(totalMs, 6);
    expect([tlsMs, ttfbMs]).not.toContain(null);
  });

  it.each(protocols)('over %s is understood when it comes a byte at a time', async (startTls) => {
    const script = talkingThenTls(good[startTls], byteByByte);
    expect(await look({ startTls, script })).toMatchObject({ outcome: 'up' });
  });

  it.each(protocols.filter((protocol) => protocol !== 'mysql'))(
    'over %s is down when something comes in the clear behind the go-ahead',
    async (startTls) => {
      const turns = good[startTls].map(([awaits, says], index, { length }): Turn => [
        awaits,
        index === length - 1 ? `${says}injected\r\n` : says,
      ]);
      const evidence = await look({ startTls, script: talkingThenTls(turns) });
      expect(evidence).toMatchObject({
        ...{ outcome: 'down', reason: 'starttls.injected', certificate: null },
        message: 'got "injected" in the clear, behind the word that TLS begins',
      });
    },
  );

  it('over mysql is down when something comes in the clear behind the greeting', async () => {
    const evidence = await look({
      startTls: 'mysql',
      script: talkingThenTls([[null, `${mysqlGreeting(0x0800)}injected`]]),
    });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'starttls.injected' });
  });

  const no: [StartTlsProtocol, string, string, readonly Turn[]][] = [
    ['smtp', 'does not offer it', 'starttls.refused', [good.smtp[0]!, [/EHLO/, '250-mail.test\r\n250 HELP\r\n']]],
    ['smtp', 'refuses it', 'starttls.refused', [...good.smtp.slice(0, 2), [/STARTTLS/, '454 not now\r\n']]],
    ['smtp', 'does not know it', 'starttls.refused', [...good.smtp.slice(0, 2), [/STARTTLS/, '500 what?\r\n']]],
    ['smtp', 'does not know EHLO', 'smtp.rejected', [good.smtp[0]!, [/EHLO/, '502 what?\r\n']]],
    ['smtp', 'is not at home', 'smtp.rejected', [[null, '554 no mail here\r\n']]],
    ['smtp', 'is busy', 'smtp.deferred', [[null, '421 4.3.2 too many connections\r\n']]],
    ['imap', 'does not offer it', 'starttls.refused', [good.imap[0]!, [/a1/, '* CAPABILITY IMAP4rev1\r\na1 OK\r\n']]],
    ['imap', 'refuses it', 'starttls.refused', [...good.imap.slice(0, 2), [/a2/, 'a2 NO not now\r\n']]],
    ['imap', 'does not know it', 'starttls.refused', [...good.imap.slice(0, 2), [/a2/, 'a2 BAD what?\r\n']]],
    ['imap', 'says goodbye', 'starttls.refused', [[null, '* BYE too many connections\r\n']]],
    ['imap', 'is logged in already', 'starttls.refused', [[null, '* PREAUTH be welcome\r\n']]],
    ['pop3', 'does not offer it', 'starttls.refused', [good.pop3[0]!, [/CAPA/, '+OK\r\nUIDL\r\n.\r\n']]],
    ['pop3', 'refuses it', 'starttls.refused', [...good.pop3.slice(0, 2), [/STLS/, '-ERR not now\r\n']]],
    ['pop3', 'is busy', 'starttls.refused', [[null, '-ERR [SYS/TEMP] too many connections\r\n']]],
    ['ftp', 'refuses it', 'starttls.refused', [good.ftp[0]!, [/AUTH/, '502 what?\r\n']]],
    ['ftp', 'is busy', 'starttls.refused', [[null, '421 too many users\r\n']]],
    ['postgresql', 'has it turned off', 'starttls.refused', [[postgresqlSslRequest, 'N']]],
    ['postgresql', 'answers with an error', 'starttls.refused', [[postgresqlSslRequest, 'E\x00\x00\x00\x05\x00']]],
    ['mysql', 'does not offer it', 'starttls.refused', [[null, mysqlGreeting(0x8001)]]],
    ['mysql', 'has blocked this host', 'starttls.refused', [[null, '\x0d\x00\x00\x00\xff\x69\x04Host is no']]],
    ['ldap', 'does not know it', 'starttls.refused', [[ldapRequest, ldapResponse(2)]]],
    ['ldap', 'has it turned off', 'starttls.refused', [[ldapRequest, ldapResponse(52)]]],
  ];
  it.each(no)('over %s of a server that %s is down: %s', async (startTls, _what, reason, turns) => {
    const evidence = await look({ startTls, script: talking(turns) });
    expect(evidence).toMatchObject({ outcome: 'down', reason, certificate: null });
    expect(evidence.message).toMatch(/^the server /);
  });

  it('over pop3 is tried where the server cannot list what it can', async () => {
    const turns: readonly Turn[] = [good.pop3[0]!, [/CAPA/, '-ERR what?\r\n'], good.pop3[2]!];
    expect(await look({ startTls: 'pop3', script: talkingThenTls(turns) })).toMatchObject({ outcome: 'up' });
  });

  const malformed = (startTls: StartTlsProtocol) => (startTls === 'smtp' ? 'smtp.malformed' : 'starttls.malformed');
  const garbage = '\x16\x03\x01\x02\x00 what is this?\r\n';

  it.each(protocols)('over %s of a server that talks something else is down', async (startTls) => {
    const evidence = await look({ startTls, script: (socket) => void socket.write(garbage, 'latin1') });
    expect(evidence).toMatchObject({ outcome: 'down', reason: malformed(startTls) });
  });

  it.each(protocols)('over %s of a server that closes without a word is down', async (startTls) => {
    const evidence = await look({ startTls, script: (socket) => void socket.end() });
    expect(evidence).toMatchObject({
      reason: malformed(startTls),
      message: expect.stringContaining('closed the connection without a word, expected '),
    });
  });

  it.each(protocols)('over %s of a server that closes within its answer is down', async (startTls) => {
    const [awaits, says] = good[startTls].find(([, words]) => words.length > 0) ?? [null, ''];
    const script: Script = async (socket, heard) => {
      if (awaits !== null) await heard(awaits);
      socket.end(says.slice(0, -1), 'latin1');
    };
    expect(await look({ startTls, script })).toMatchObject({ outcome: 'down', reason: malformed(startTls) });
  });

  it.each(protocols)('over %s of a server that says nothing is down by the deadline', async (startTls) => {
    const evidence = await look({ startTls, script: () => undefined, timeoutMs: 150 });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    expect(evidence.phases.totalMs).toBeLessThan(250);
  });

  it.each(protocols.filter((protocol) => protocol !== 'mysql'))(
    'over %s of a server that says yes and then nothing is down by the deadline',
    async (startTls) => {
      const script = talking(good[startTls]);
      expect(await look({ startTls, script, timeoutMs: 300 })).toMatchObject({
        outcome: 'down',
        reason: 'timeout.tls',
      });
    },
  );

  it('of a server that greets a byte a second is down by the deadline', async () => {
    const script: Script = (socket) => {
      socket.write('+');
      const timer = setInterval(() => socket.write('O'), 1_000);
      socket.on('close', () => clearInterval(timer));
    };
    const evidence = await look({ startTls: 'pop3', timeoutMs: 200, script });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.total' });
  });

  it.each(['smtp', 'imap', 'pop3', 'ftp'] as const)(
    'over %s of a server that talks without end is down',
    async (startTls) => {
      const [, greeting = ''] = good[startTls][0] ?? [];
      const script: Script = (socket) => {
        socket.write(startTls === 'imap' ? '* OK ' : greeting.slice(0, 4).replace(' ', '-'));
        socket.write(startTls === 'smtp' ? '\r\n220-more'.repeat(20_000) : 'x'.repeat(200_000));
      };
      const evidence = await look({ startTls, script });
      expect(evidence).toMatchObject({ reason: malformed(startTls) });
      expect(evidence.excerpt?.length ?? 0).toBeLessThanOrEqual(1_024);
    },
  );

  it.each([
    ['lines of different codes', '220-mail.test\r\n250 ready\r\n'],
    ['a code of two digits', '22 ready\r\n'],
    ['a code that SMTP has not', '999 ready\r\n'],
  ])('over smtp with %s in the greeting is down', async (_what, greeting) => {
    const evidence = await look({ startTls: 'smtp', script: (socket) => void socket.write(greeting) });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'smtp.malformed', excerpt: greeting });
  });

  it('over smtp with lines that end by LF alone, and one of a thousand characters, is up', async () => {
    const turns: readonly Turn[] = [
      [null, `220-${'long '.repeat(200)}\n220 ready\n`],
      [/EHLO/, '250-mail.test\n250 STARTTLS\n'],
      [/STARTTLS\r\n$/, '220 go ahead\n'],
    ];
    expect(await look({ startTls: 'smtp', script: talkingThenTls(turns) })).toMatchObject({ outcome: 'up' });
  });

  it('judges the certificate as it does without', async () => {
    const stranger = await createAuthority('Unknown Root');
    const mine = issued;
    issued = await stranger.issue({ names: ['localhost'] });
    const evidence = await look({ startTls: 'postgresql', script: talkingThenTls(good.postgresql) });
    issued = mine;
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.untrusted', certificate: { daysLeft: 90 } });
  });
});
