import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { smtpProbeSchema, type Evidence } from '@quorate/contracts';
import { createAuthority, startMailServer, type MailServer, type MailServerSettings } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeSmtp } from './smtp.probe.ts';

const stage = await openProbeStage();
let server: MailServer;

type Serving = Partial<MailServerSettings>;

async function look(serving: Serving = {}, changes: object = {}, timeoutMs = 3_000): Promise<Evidence> {
  server = await stage.serve(startMailServer({ issued: stage.issued, ...serving }));
  const smtp = smtpProbeSchema.parse({ host: 'localhost', port: server.port, ...changes });
  return await probeSmtp(smtp, stage.context({ timeoutMs }));
}

const recipient = { from: 'probe@quorate.test', to: 'postmaster@mail.test' };
const password = 'pässword 1';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const auth = (type: string): object => ({ auth: { type, username: 'probe', password } });
const inTheClear = { startTls: 'never' };
const greets = (greeting: string): Serving => ({ greeting });
const says = (pattern: RegExp, reply: string): Serving => ({ answer: (line) => (pattern.test(line) ? reply : null) });

describe('an SMTP probe', () => {
  it('greets, secures the talk, greets again, and leaves', async () => {
    const evidence = await look();
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, excerpt: null, certificate: { daysLeft: 90 } });
    expect(server.lines.slice(0, 3)).toEqual(['EHLO [127.0.0.1]', 'STARTTLS', 'tls:EHLO [127.0.0.1]']);
    const { dnsMs, connectMs, tlsMs, ttfbMs, transferMs, totalMs } = evidence.phases;
    const sum = [dnsMs, connectMs, tlsMs, ttfbMs, transferMs].reduce((all: number, ms) => all + (ms ?? 0), 0);
    expect(sum).toBeCloseTo(totalMs, 6);
  });

  it('begins with TLS where it is told to, as on port 465', async () => {
    expect(await look({ tls: true }, { tls: true })).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90 } });
    expect(server.lines[0]).toBe('tls:EHLO [127.0.0.1]');
  });

  it('gives the name that it is told to', async () => {
    await look({}, { ...inTheClear, ehloName: 'probe.quorate.test' });
    expect(server.lines[0]).toBe('EHLO probe.quorate.test');
  });

  it('asks for a recipient, and never sends a mail', async () => {
    expect(await look({}, { recipient })).toMatchObject({ outcome: 'up' });
    const said = server.lines.slice(3, 5);
    expect(said).toEqual(['tls:MAIL FROM:<probe@quorate.test>', 'tls:RCPT TO:<postmaster@mail.test>']);
    await look({}, { ...inTheClear, recipient: { to: recipient.to } });
    expect(server.lines).toContain('MAIL FROM:<>');
    expect(server.lines.join()).not.toContain('DATA');
  });

  it('takes a recipient that the server forwards', async () => {
    expect(await look(says(/^RCPT/, '251 will forward'), { recipient })).toMatchObject({ outcome: 'up' });
  });

  it('understands a greeting of many lines, and one that comes late', async () => {
    const greeting = `${Array.from({ length: 50 }, (_, index) => `220-line ${index}`).join('\r\n')}\r\n220 ready`;
    expect(await look(greets(greeting))).toMatchObject({ outcome: 'up' });
  });
});

describe('STARTTLS of a mail server', () => {
  const without = says(/^EHLO/, '250-mail.test\r\n250 8BITMIME');

  it.each([
    ['require', 'down', 'starttls.refused'],
    ['opportunistic', 'up', null],
    ['never', 'up', null],
  ])('that does not offer it, with %s, is %s', async (startTls, outcome, reason) => {
    expect(await look(without, { startTls })).toMatchObject({ outcome, reason, certificate: null });
  });

  it.each(['require', 'opportunistic'])('that offers and refuses it, with %s, is down', async (startTls) => {
    const evidence = await look(says(/^STARTTLS/, '454 not now'), { startTls });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'starttls.refused' });
  });

  it('is not asked for with never', async () => {
    expect(await look({}, inTheClear)).toMatchObject({ outcome: 'up', certificate: null });
    expect(server.lines).not.toContain('STARTTLS');
  });

  it('with something behind the go-ahead is down', async () => {
    const evidence = await look(says(/^STARTTLS/, '220 go ahead\r\n250 injected'));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'starttls.injected' });
  });

  it('with a certificate that is not trusted is down, and up where it is not to be verified', async () => {
    const stranger = await createAuthority('Unknown Root');
    const strange = await stranger.issue({ names: ['localhost'] });
    expect(await look({ issued: strange })).toMatchObject({ outcome: 'down', reason: 'tls.untrusted' });
    expect(await look({ issued: strange }, { verify: false })).toMatchObject({ outcome: 'up' });
  });
});

describe('a login', () => {
  const offering = (...mechanisms: string[]): string => `250-mail.test\r\n250 AUTH ${mechanisms.join(' ')}`;
  const knowing = (mechanism: string, answers: Readonly<Record<string, string>>): Serving => ({
    answer: (line, secured) => (line.startsWith('EHLO') && secured ? offering(mechanism) : (answers[line] ?? null)),
  });
  const plain = base64(`\0probe\0${password}`);
  const good = {
    plain: knowing('PLAIN', { [`AUTH PLAIN ${plain}`]: '235 welcome' }),
    login: knowing('LOGIN', {
      'AUTH LOGIN': '334 VXNlcm5hbWU6',
      [base64('probe')]: '334 UGFzc3dvcmQ6',
      [base64(password)]: '235 welcome',
    }),
    'cram-md5': knowing('CRAM-MD5', {
      'AUTH CRAM-MD5': `334 ${base64('<1@mail.test>')}`,
      [base64(`probe ${createHmac('md5', password).update('<1@mail.test>').digest('hex')}`)]: '235 welcome',
    }),
  };
  const mechanisms = Object.keys(good) as (keyof typeof good)[];

  it.each(mechanisms)('by %s is up, as told or as found', async (type) => {
    expect(await look(good[type], auth(type))).toMatchObject({ outcome: 'up' });
    expect(await look(good[type], auth('auto'))).toMatchObject({ outcome: 'up' });
  });

  it('that the server refuses is down, and the echoed password is told to nobody', async () => {
    const refusing: Serving = {
      answer: (line, secured) => {
        if (line.startsWith('EHLO') && secured) return offering('PLAIN');
        return line.startsWith('AUTH') ? `535-5.7.8 no: ${line}\r\n535 ${password} ${base64(password)}` : null;
      },
    };
    const evidence = await look(refusing, auth('plain'));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'auth.refused' });
    expect(evidence.message).toContain('the server answered AUTH PLAIN with "535 5.7.8 no: AUTH PLAIN [redacted]');
    const told = JSON.stringify(evidence);
    for (const secret of [password, base64(password), plain]) expect(told).not.toContain(secret);
  });

  it('that the server cannot judge just now is deferred', async () => {
    const evidence = await look(knowing('PLAIN', { [`AUTH PLAIN ${plain}`]: '454 try again' }), auth('plain'));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'smtp.deferred' });
  });

  it.each([
    ['cram-md5', 'PLAIN', 'the server offers PLAIN, expected one of CRAM-MD5'],
    ['auto', 'GSSAPI', 'the server offers GSSAPI, expected one of PLAIN, LOGIN, CRAM-MD5'],
  ])('by %s where only %s is offered is down', async (type, offered, message) => {
    const evidence = await look(knowing(offered, {}), auth(type));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'auth.refused', message });
  });

  it('counts only what is offered under TLS', async () => {
    const evidence = await look(says(/^EHLO/, '250-mail.test\r\n250 STARTTLS'), auth('auto'));
    expect(evidence).toMatchObject({ reason: 'auth.refused', message: expect.stringContaining('no way to log in') });
  });
});

describe('a mail server', () => {
  it.each<[string, string, Serving, object]>([
    ['is not at home', 'smtp.rejected', greets('554 5.7.1 no mail here'), {}],
    ['is busy', 'smtp.deferred', greets('421 4.3.2 too many connections'), {}],
    ['greets with another code', 'smtp.malformed', greets('250 hello'), {}],
    ['mixes codes in one reply', 'smtp.malformed', greets('220-mail.test\r\n250 ready'), {}],
    ['is no mail server', 'smtp.malformed', greets('SSH-2.0-OpenSSH_9.9'), {}],
    ['hangs up at once', 'smtp.malformed', greets('close'), {}],
    ['hangs up on EHLO', 'smtp.malformed', says(/^EHLO/, 'close'), {}],
    ['does not know EHLO', 'smtp.rejected', says(/^EHLO/, '502 what?'), {}],
    ['refuses the sender', 'smtp.rejected', says(/^MAIL/, '553 not you'), { recipient }],
    ['refuses the recipient', 'smtp.rejected', says(/^RCPT/, '550 5.1.1 no such user'), { recipient }],
    ['greylists the recipient', 'smtp.deferred', says(/^RCPT/, '450 4.2.0 come back later'), { recipient }],
    [
      'refuses under TLS what it took before',
      'smtp.rejected',
      {
        answer: (line, secured) => (secured && line.startsWith('EHLO') ? '550 not any more' : null),
      },
      {},
    ],
  ])('that %s is down: %s', async (_what, reason, serving, changes) => {
    const evidence = await look(serving, changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason });
    expect(evidence.message).not.toBeNull();
  });

  it('is quoted', async () => {
    const evidence = await look(says(/^RCPT/, '550-5.1.1 no such\r\n550 5.1.1 user'), { recipient });
    const reply = 'the server answered RCPT TO:<postmaster@mail.test> with "550 5.1.1 no such 5.1.1 user"';
    expect(evidence).toMatchObject({ message: reply, excerpt: '550-5.1.1 no such\r\n550 5.1.1 user\r\n' });
  });

  it.each([
    ['says nothing', greets('silence')],
    ['says nothing to EHLO', says(/^EHLO/, 'silence')],
    ['says nothing to STARTTLS', says(/^STARTTLS/, 'silence')],
  ])('that %s is down by the deadline', async (_what, serving) => {
    const evidence = await look(serving, {}, 200);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    expect(evidence.phases.totalMs).toBeLessThan(300);
  });

  it('that speaks TLS where it should greet is down', async () => {
    expect(await look({ tls: true }, {}, 300)).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });
});
