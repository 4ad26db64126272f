import { beforeEach, describe, expect, it } from '@jest/globals';
import { dnsProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, allowNothing, NameResolver, type AllowList } from '@quorate/outbound';
import { dnsReply, startDnsServer, type DnsReplyParts, type DnsScript, type DnsServer } from '@quorate/testing';
import * as dnsPacket from 'dns-packet';
import { probeDns } from './dns.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const always =
  (parts: DnsReplyParts): DnsScript =>
  (query) =>
    dnsReply(query, parts);

const a = (data: string, name = 'shop.test'): dnsPacket.Answer => ({ type: 'A', name, ttl: 60, data });
const good: DnsReplyParts = { answers: [a('203.0.113.7')] };
const stage = await openProbeStage();
let server: DnsServer | null = null;
let names: NameResolver;

beforeEach(() => {
  server = null;
  names = new NameResolver({ servers: ['127.0.0.1:1'] });
});

interface LookSettings {
  readonly tcp?: DnsScript;
  readonly isTls?: boolean;
  readonly allowed?: AllowList;
  readonly timeoutMs?: number;
  readonly host?: string;
}

async function serve(udp: DnsScript, { tcp = udp, isTls = false }: LookSettings = {}): Promise<number> {
  server = await stage.serve(startDnsServer({ udp, tcp, ...(isTls ? { issued: stage.issued } : {}) }));
  return server.port;
}

async function ask(
  changes: object,
  { allowed = allowLoopback, timeoutMs = 900 }: LookSettings = {},
): Promise<Evidence> {
  const dns = dnsProbeSchema.parse({ name: 'shop.test', recordType: 'A', ...changes });
  const outbound = { guard: new AddressGuard(allowed), resolver: names };
  return await probeDns(dns, stage.context({ outbound, timeoutMs }));
}

async function look(answer: DnsScript, changes: object = {}, settings: LookSettings = {}): Promise<Evidence> {
  const port = await serve(answer, settings);
  return await ask({ resolver: `${settings.host ?? '127.0.0.1'}:${port}`, ...changes }, settings);
}

const spellings: [string, dnsPacket.Answer, string][] = [
  ['A', a('203.0.113.7'), '203.0.113.7'],
  ['AAAA', { type: 'AAAA', name: 'shop.test', ttl: 1, data: '2001:db8::1' }, '2001:0DB8:0::0001'],
  ['CNAME', { type: 'CNAME', name: 'shop.test', ttl: 1, data: 'Edge.Example.net' }, 'edge.example.NET.'],
  ['MX', { type: 'MX', name: 'shop.test', ttl: 1, data: { preference: 10, exchange: 'mx.test' } }, '10 MX.test.'],
  ['NS', { type: 'NS', name: 'shop.test', ttl: 1, data: 'ns1.test' }, 'ns1.test'],
  ['PTR', { type: 'PTR', name: 'shop.test', ttl: 1, data: 'host.test' }, 'host.test.'],
  ['TXT', { type: 'TXT', name: 'shop.test', ttl: 1, data: ['v=spf1 ', '-all'] }, 'v=spf1 -all'],
  ['TXT', { type: 'TXT', name: 'shop.test', ttl: 1, data: ['v=spf1 ', '-all'] }, '"v=spf1 " "-all"'],
  ['TXT', { type: 'TXT', name: 'shop.test', ttl: 1, data: ['a "b" \\', 'é'] }, '"a \\"b\\" \\\\" "\\195\\169"'],
  ['TXT', { type: 'TXT', name: 'shop.test', ttl: 1, data: [Buffer.from([0xc3]), Buffer.from([0xa9])] }, 'é'],
  ['TXT', { type: 'TXT', name: 'shop.test', ttl: 1, data: '"quoted"' }, '"quoted"'],
  [
    'SOA',
    {
      type: 'SOA',
      name: 'shop.test',
      ttl: 1,
      data: { mname: 'ns.test', rname: 'root.test', serial: 7, refresh: 1, retry: 2, expire: 3, minimum: 4 },
    },
    'ns.test. root.test. 7 1 2 3 4',
  ],
  [
    'SRV',
    { type: 'SRV', name: 'shop.test', ttl: 1, data: { priority: 1, weight: 2, port: 443, target: 'x.test' } },
    '1 2 443 x.test',
  ],
  [
    'CAA',
    { type: 'CAA', name: 'shop.test', ttl: 1, data: { flags: 0, tag: 'issue', value: 'ca.test' } },
    '0 issue "ca.test"',
  ],
];

describe('a DNS probe', () => {
  it('is up when the name has a record of the type', async () => {
    const evidence = await look(always(good));
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, address: '127.0.0.1', statusCode: null });
    expect(evidence.phases).toMatchObject({ connectMs: null, tlsMs: null, ttfbMs: expect.any(Number) });
  });

  it.each(spellings)('compares %s records in one spelling', async (recordType, record, value) => {
    const changes = { recordType, expect: { values: [value], match: 'exact' } };
    expect(await look(always({ answers: [record] }), changes)).toMatchObject({ outcome: 'up', message: null });
  });

  it('takes the records at the end of a chain of aliases, and no others', async () => {
    const chain: dnsPacket.Answer = { type: 'CNAME', name: 'shop.test', ttl: 1, data: 'edge.test' };
    const answers = [chain, a('203.0.113.7', 'edge.test')];
    const changes = { expect: { values: ['203.0.113.7'], match: 'exact' } };
    expect(await look(always({ answers }), changes)).toMatchObject({ outcome: 'up' });
  });

  it.each([
    ['any', ['203.0.113.7', '203.0.113.9'], 'up'],
    ['any', ['203.0.113.9'], 'down'],
    ['all', ['203.0.113.8', '203.0.113.7'], 'up'],
    ['all', ['203.0.113.7', '203.0.113.9'], 'down'],
    ['exact', ['203.0.113.8', '203.0.113.7'], 'up'],
    ['exact', ['203.0.113.7'], 'down'],
    ['none', ['203.0.113.9'], 'up'],
    ['none', ['203.0.113.7'], 'down'],
  ])('with %s of %j is %s', async (match, values, outcome) => {
    const answers = [a('203.0.113.7'), a('203.0.113.8')];
    const evidence = await look(always({ answers }), { expect: { match, values } });
    expect(evidence).toMatchObject({ outcome, reason: outcome === 'up' ? null : 'dns.mismatch' });
  });

  it('says what it got and what was expected', async () => {
    const evidence = await look(always(good), { expect: { values: ['192.0.2.1'] } });
    expect(evidence.message).toBe('got "203.0.113.7", expected one of "192.0.2.1"');
    expect(evidence.excerpt).toBe('NOERROR\nshop.test A 203.0.113.7');
  });

  it.each([
    ['NXDOMAIN', 3, 'dns.nxdomain'],
    ['SERVFAIL', 2, 'dns.servfail'],
    ['REFUSED', 5, 'dns.refused'],
    ['NOTIMP', 4, 'dns.mismatch'],
  ])('is down on %s, and up where that is expected', async (name, rcode, reason) => {
    expect(await look(always({ rcode }))).toMatchObject({ outcome: 'down', reason });
    expect(await look(always({ rcode }), { expect: { rcodes: [name] } })).toMatchObject({ outcome: 'up' });
  });

  it('is down when there is no record of the type, unless none of some values is all that is asked', async () => {
    expect(await look(always({}))).toMatchObject({ reason: 'dns.no-answer', message: 'shop.test has no A record' });
    const none = { expect: { match: 'none', values: ['203.0.113.7'] } };
    expect(await look(always({}), none)).toMatchObject({ outcome: 'up' });
  });

  it('looks at the authority and the additional section too', async () => {
    const authorities: readonly dnsPacket.Answer[] = [{ type: 'NS', name: 'test', ttl: 1, data: 'ns1.test' }];
    const additionals = [a('192.0.2.53', 'ns1.test')];
    const parts = { authorities, additionals };
    const authority = { expect: { section: 'authority', values: ['ns1.test'] } };
    expect(await look(always(parts), authority)).toMatchObject({ outcome: 'up' });
    const additional = { expect: { section: 'additional', values: ['192.0.2.53'] } };
    expect(await look(always(parts), additional)).toMatchObject({ outcome: 'up' });
    expect(await look(always(good), authority)).toMatchObject({
      reason: 'dns.no-answer',
      message: 'shop.test has no record in the authority section',
    });
  });

  it.each([
    [{ matches: '^203\\.' }, 'up'],
    [{ matches: '^192\\.' }, 'down'],
    [{ notMatches: '^192\\.' }, 'up'],
    [{ notMatches: '7$' }, 'down'],
  ])('with the pattern %j is %s', async (pattern, outcome) => {
    expect(await look(always(good), { expect: { records: [pattern] } })).toMatchObject({ outcome });
  });

  it('takes an unvalidated answer for a mismatch where DNSSEC is wanted', async () => {
    expect(await look(always(good), { dnssec: true })).toMatchObject({ reason: 'dns.mismatch' });
    expect(server?.questions[0]?.query.flag_ad).toBe(true);
    const flags = dnsPacket.AUTHENTIC_DATA;
    expect(await look(always({ ...good, flags }), { dnssec: true })).toMatchObject({ outcome: 'up' });
  });

  it.each([
    [true, 0, 'down'],
    [true, dnsPacket.AUTHORITATIVE_ANSWER, 'up'],
    [false, dnsPacket.AUTHORITATIVE_ANSWER, 'down'],
  ])('with authoritative %j and flags %d is %s', async (authoritative, flags, outcome) => {
    expect(await look(always({ ...good, flags }), { expect: { authoritative } })).toMatchObject({ outcome });
  });

  it('asks for recursion, another class, or neither', async () => {
    await look(always(good), { recursion: false, class: 'CH', recordType: 'TXT' });
    const query = server?.questions[0]?.query;
    expect(query?.flag_rd).toBe(false);
    expect(query?.questions).toMatchObject([{ class: 'CH', type: 'TXT' }]);
  });
});

describe('over UDP', () => {
  it('asks again when the question or the reply was lost', async () => {
    expect(await look((query, count) => (count < 3 ? null : dnsReply(query, good)))).toMatchObject({ outcome: 'up' });
  });

  it('goes on over TCP when the reply was cut', async () => {
    const cut = always({ flags: dnsPacket.TRUNCATED_RESPONSE });
    const evidence = await look(cut, { expect: { values: ['203.0.113.7'] } }, { tcp: always(good) });
    expect(evidence).toMatchObject({ outcome: 'up', phases: { connectMs: expect.any(Number) } });
    expect(server?.questions.map(({ over }) => over)).toEqual(['udp', 'tcp']);
  });

  it('takes no reply to another question, with another ID, or that is a question itself', async () => {
    const forged: DnsReplyParts = { answers: [a('192.0.2.66')] };
    const evidence = await look(
      (query) => [
        dnsReply(query, { ...forged, id: ((query.id ?? 0) + 1) % 65_536 }),
        dnsReply(query, { ...forged, name: 'other.test' }),
        dnsPacket.encode({ type: 'query', id: query.id ?? 0, questions: query.questions ?? [] }),
        dnsReply(query, good),
      ],
      { expect: { values: ['203.0.113.7'], match: 'exact' } },
    );
    expect(evidence).toMatchObject({ outcome: 'up' });
  });

  it('is down when nobody answers, within the deadline', async () => {
    expect(await look(() => null, {}, { timeoutMs: 200 })).toMatchObject({
      outcome: 'down',
      reason: 'timeout.response',
    });
  });

  it('is down when nobody listens', async () => {
    const port = await serve(() => null);
    await stage.clear();
    expect(await ask({ resolver: `127.0.0.1:${port}` })).toMatchObject({ reason: 'connect.refused' });
  });

  it.each([
    ['nothing', ''],
    ['text', Buffer.from('this is no name server at all').toString('hex')],
    ['a name that points at itself', '0000818000010001000000000c00c00010001'],
  ])('is down on a datagram of %s', async (_what, hex) => {
    const evidence = await look(() => Buffer.from(hex, 'hex'));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'dns.malformed' });
  });
});

describe('over a connection', () => {
  it.each([
    ['tcp', false],
    ['tls', true],
  ])('is up over %s', async (protocol, isTls) => {
    const evidence = await look(always(good), { protocol }, { isTls, host: 'localhost' });
    expect(evidence).toMatchObject({ outcome: 'up', certificate: isTls ? { warning: false } : null });
  });

  it('is down when the certificate is for another name', async () => {
    const evidence = await look(always(good), { protocol: 'tls' }, { isTls: true });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.hostname' });
  });

  it('is down when the reply never comes', async () => {
    expect(await look(() => null, { protocol: 'tcp' }, { timeoutMs: 200 })).toMatchObject({
      reason: 'timeout.response',
    });
  });
});

describe('the server that is asked', () => {
  it('must be one that may be probed', async () => {
    expect(await look(always(good), {}, { allowed: allowNothing })).toMatchObject({ reason: 'blocked.address' });
    expect(server?.questions).toEqual([]);
  });

  it.each([
    ['first', []],
    ['second, when the first is out of reach', ['127.0.0.1:1']],
  ])('is the machine’s own %s, wherever it stands, when the monitor names none', async (_which, before) => {
    names = new NameResolver({ servers: [...before, `127.0.0.1:${await serve(always(good))}`] });
    expect(await ask({}, { allowed: allowNothing })).toMatchObject({ outcome: 'up' });
  });

  it('is one of the machine’s own that talks nonsense: then that is said', async () => {
    names = new NameResolver({ servers: [`127.0.0.1:${await serve(() => Buffer.from('nonsense'))}`] });
    expect(await ask({})).toMatchObject({ outcome: 'down', reason: 'dns.malformed' });
  });

  it('is no reason to blame the name when none of the machine’s own can be reached', async () => {
    expect(await ask({})).toMatchObject({ outcome: 'abstain', reason: 'prober.isolated' });
  });
});
