/** Replies that no name server should give, byte for byte. */
import { describe, expect, it } from '@jest/globals';
import { dnsProbeSchema, type Evidence } from '@quorate/contracts';
import { NameResolver } from '@quorate/outbound';
import { dnsReply, startDnsServer, startRawServer, type DnsReplyParts, type DnsScript } from '@quorate/testing';
import type * as dnsPacket from 'dns-packet';
import { probeDns } from './dns.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

type Answer = dnsPacket.Answer;

const a = (data: string, name = 'shop.test'): Answer => ({ type: 'A', name, ttl: 60, data });
const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 60, data });
const good: DnsReplyParts = { answers: [a('203.0.113.7')] };

async function look(script: DnsScript, changes: object = {}, timeoutMs = 900): Promise<Evidence> {
  const { port } = await stage.serve(startDnsServer({ udp: script, tcp: script }));
  return await ask({ resolver: `127.0.0.1:${port}`, ...changes }, timeoutMs);
}

async function ask(changes: object, timeoutMs = 900): Promise<Evidence> {
  const dns = dnsProbeSchema.parse({ name: 'shop.test', recordType: 'A', ...changes });
  return await probeDns(dns, stage.context({ timeoutMs }));
}

/** A good reply with something changed in its bytes; its one record ends with length and address, six bytes. */
const spoiling =
  (spoil: (reply: Buffer) => void): DnsScript =>
  (query) => {
    const reply = dnsReply(query, good);
    spoil(reply);
    return reply;
  };
const saying =
  (parts: DnsReplyParts): DnsScript =>
  (query) =>
    dnsReply(query, parts);

const protocols = ['udp', 'tcp'] as const;

describe.each(protocols)('a reply over %s', (protocol) => {
  it.each<[string, DnsScript]>([
    ['of which the record is longer than the message', spoiling((reply) => reply.writeUInt16BE(500, reply.length - 6))],
    ['with an address of three bytes', spoiling((reply) => reply.writeUInt16BE(3, reply.length - 6))],
    [
      'with an address of no bytes',
      (query) => {
        const reply = dnsReply(query, good);
        reply.writeUInt16BE(0, reply.length - 6);
        return reply.subarray(0, -4);
      },
    ],
    ['that announces 65,535 records', spoiling((reply) => reply.writeUInt16BE(65_535, 6))],
    ['that announces two questions', spoiling((reply) => reply.writeUInt16BE(2, 4))],
    ['cut in half', (query) => dnsReply(query, good).subarray(0, 40)],
    ['of a head alone', (query) => dnsReply(query, good).subarray(0, 12)],
    ['whose name points at itself', spoiling((reply) => reply.writeUInt16BE(0xc00c, 12))],
    ['whose name points behind the message', spoiling((reply) => reply.writeUInt16BE(0xffff, 12))],
  ])('%s is down: dns.malformed', async (_what, script) => {
    expect(await look(script, { protocol })).toMatchObject({ outcome: 'down', reason: 'dns.malformed' });
  });

  it.each<[string, DnsScript]>([
    ['no record, though one stands behind the end', spoiling((reply) => reply.writeUInt16BE(0, 6))],
    ['a record of another name', saying({ answers: [a('203.0.113.7', 'evil.test')] })],
    ['a record of another class', saying({ answers: [{ ...a('203.0.113.7'), class: 'CH' } as Answer] })],
    ['an alias that leads to itself', saying({ answers: [alias('shop.test', 'shop.test')] })],
    ['aliases in a circle', saying({ answers: [alias('shop.test', 'b.test'), alias('b.test', 'shop.test')] })],
    [
      'an alias, and a record where it does not lead',
      saying({ answers: [alias('shop.test', 'b.test'), a('1.2.3.4', 'c.test')] }),
    ],
  ])('with %s is down: dns.no-answer', async (_what, script) => {
    expect(await look(script, { protocol })).toMatchObject({ outcome: 'down', reason: 'dns.no-answer' });
  });

  const chain = Array.from({ length: 100 }, (_, at) =>
    alias(at === 0 ? 'shop.test' : `c${at}.test`, `c${at + 1}.test`),
  );

  it.each<[string, DnsScript]>([
    ['bytes behind its end', (query) => Buffer.concat([dnsReply(query, good), Buffer.alloc(100, 7)])],
    ['a bit that means nothing yet', spoiling((reply) => reply.writeUInt8(reply.readUInt8(3) | 0x40, 3))],
    ['the name in another case', saying({ ...good, name: 'SHOP.test' })],
    [
      'a thousand records',
      saying({ answers: Array.from({ length: 1_000 }, (_, at) => a(`10.0.${at >> 8}.${at & 255}`)) }),
    ],
    ['a hundred aliases in any order', saying({ answers: [a('203.0.113.7', 'C100.test'), ...chain.toReversed()] })],
  ])('with %s is up', async (_what, script) => {
    expect(await look(script, { protocol })).toMatchObject({ outcome: 'up' });
  });

  it.each([
    [1, 'FORMERR'],
    [15, 'RCODE_15'],
  ])('with code %d is down, and named %s, with or without the question', async (rcode, name) => {
    const message = `got ${name} for shop.test A, expected NOERROR`;
    expect(await look(saying({ rcode }), { protocol })).toMatchObject({ reason: 'dns.mismatch', message });
    const headOnly: DnsScript = (query) => {
      const reply = dnsReply(query, { rcode });
      reply.writeUInt16BE(0, 4);
      return reply.subarray(0, 12);
    };
    expect(await look(headOnly, { protocol })).toMatchObject({ reason: 'dns.mismatch', message });
  });

  it('has as many records in each section as are there: one answer, two authorities, three additional', async () => {
    const soa = { mname: 'ns1.test', rname: 'root.test', serial: 1_000, refresh: 1, retry: 2, expire: 3, minimum: 4 };
    const script = saying({
      answers: [{ type: 'SOA', name: 'shop.test', ttl: 1, data: soa }],
      authorities: ['ns1.test', 'ns2.test'].map((data) => ({ type: 'NS', name: 'test', ttl: 1, data })),
      additionals: ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((data) => a(data, 'ns1.test')),
    });
    const sections: [string, string[]][] = [
      ['answer', ['ns1.test. root.test. 1000 1 2 3 4']],
      ['authority', ['ns1.test', 'ns2.test']],
      ['additional', ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    ];
    for (const [section, values] of sections) {
      const expected = { section, values, match: 'exact' };
      const evidence = await look(script, { protocol, recordType: 'SOA', expect: expected });
      expect([section, evidence.outcome, evidence.message]).toEqual([section, 'up', null]);
    }
  });
});

describe('over UDP', () => {
  it('a flood of forged replies is not believed, nor waited for beyond the deadline', async () => {
    const flood: DnsScript = (query) =>
      Array.from({ length: 500 }, (_, at) => dnsReply(query, { ...good, id: ((query.id ?? 0) + 1 + at) % 65_536 }));
    expect(await look(flood, {}, 300)).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });

  it('a reply to a notification is none to a question', async () => {
    const notified = spoiling((reply) => reply.writeUInt8(reply.readUInt8(2) | 0x20, 2));
    expect(await look(notified, {}, 200)).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });
});

describe('over a connection', () => {
  it.each<[string, number[], 'end' | 'silence', string]>([
    ['a length of zero', [0, 0], 'silence', 'dns.malformed'],
    ['half a length, and the end', [0], 'end', 'dns.malformed'],
    ['half a length, and nothing more', [0], 'silence', 'timeout.total'],
    ['more length than bytes, and the end', [0xff, 0xff, 1, 2], 'end', 'dns.malformed'],
    ['more length than bytes, and nothing more', [0xff, 0xff, 1, 2], 'silence', 'timeout.total'],
    ['zeros without end', Array<number>(200_000).fill(0), 'silence', 'dns.malformed'],
    ['HTTP', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'end', 'dns.malformed'],
  ])('%s is down', async (_what, bytes, ending, reason) => {
    const server = await stage.serve(
      startRawServer(async (socket, heard) => {
        await heard(/./s);
        socket.write(Buffer.from(bytes));
        if (ending === 'end') socket.end();
      }),
    );
    const evidence = await ask({ resolver: `127.0.0.1:${server.port}`, protocol: 'tcp' }, 300);
    expect(evidence).toMatchObject({ outcome: 'down', reason });
  });
});

describe('of the machine’s two name servers', () => {
  const rows: [string, DnsScript, 'up' | 'down', string | null][] = [
    ['says nothing', () => null, 'up', null],
    ['talks nonsense', () => Buffer.from('nonsense'), 'up', null],
    ['cannot answer', (query) => dnsReply(query, { rcode: 2 }), 'down', 'dns.servfail'],
    ['refuses to', (query) => dnsReply(query, { rcode: 5 }), 'down', 'dns.refused'],
    ['knows of no such name', (query) => dnsReply(query, { rcode: 3 }), 'down', 'dns.nxdomain'],
  ];
  it.each(rows)(
    'the second is asked only where the first %s without an answer',
    async (_what, script, outcome, reason) => {
      const first = await stage.serve(startDnsServer({ udp: script, tcp: script }));
      const address: DnsScript = (query) =>
        dnsReply(query, { answers: query.questions?.[0]?.type === 'A' ? [a('127.0.0.1')] : [] });
      const second = await stage.serve(startDnsServer({ udp: address, tcp: address }));
      const servers = [first, second].map(({ port }) => `127.0.0.1:${port}`);
      const context = stage.context({ timeoutMs: 2_000 });
      const resolver = new NameResolver({ servers, hostsFile: '/dev/null' });
      const asking = { ...context, outbound: { ...context.outbound, resolver } };
      const dns = dnsProbeSchema.parse({ name: 'shop.test', recordType: 'A' });
      expect(await probeDns(dns, asking)).toMatchObject({ outcome, reason });
    },
  );
});
