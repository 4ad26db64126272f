import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, tcpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, NameResolver, type AllowList } from '@quorate/outbound';
import {
  startBlackHole,
  startNameServer,
  startTarget,
  type NameAnswer,
  type NameServer,
  type Target,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import type { ProbeContext } from './probe-context.ts';
import { createSurroundings } from './surroundings.ts';
import { probeTcp } from './tcp.probe.ts';

const stop = new AbortController();
let machines: NameServer;
let own: NameServer;
let target: Target;

beforeEach(async () => {
  machines = await startNameServer();
  own = await startNameServer();
  target = await startTarget();
});
afterEach(async () => {
  await machines.close();
  await own.close();
  await target.close();
});
afterAll(() => stop.abort());

interface LookSettings {
  readonly allowed?: AllowList;
  readonly timeoutMs?: number;
  readonly changes?: object;
}

function contextOf({ allowed = allowLoopback, timeoutMs = 2_000 }: LookSettings): ProbeContext {
  const resolver = new NameResolver({ servers: [machines.address], hostsFile: '/dev/null' });
  const guard = new AddressGuard(allowed);
  const surroundings = createSurroundings({ guard, resolver, region: 'eu', version: '1', signal: stop.signal });
  return { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs };
}

async function lookByHttp(host: string, settings: LookSettings = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url: `http://${host}:${target.port}/`, ...settings.changes });
  return await probeHttp(http, contextOf(settings));
}

async function lookByTcp(host: string, settings: LookSettings = {}): Promise<Evidence> {
  const tcp = tcpProbeSchema.parse({ host, port: target.port, ...settings.changes });
  return await probeTcp(tcp, contextOf(settings));
}

describe.each([
  ['HTTP', lookByHttp],
  ['TCP', lookByTcp],
])('a monitor’s own name server, over %s,', (_type, look) => {
  it('is asked instead of the machine’s', async () => {
    own.set('shop.test', { addresses: ['127.0.0.1'] });
    const evidence = await look('shop.test', { changes: { resolver: own.address } });
    expect(evidence).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
    expect(machines.questions).toEqual([]);
  });

  it.each<[string, string, NameAnswer, string]>([
    ['does not know the name', 'dns.nxdomain', { rcode: 3 }, 'there is no host named shop.test'],
    ['fails', 'dns.servfail', { rcode: 2 }, 'failed to answer for shop.test'],
    ['refuses', 'dns.refused', { rcode: 5 }, 'refused to answer for shop.test'],
    ['has no address', 'dns.no-answer', { addresses: [] }, 'shop.test has no address'],
  ])('that %s is down: %s', async (_what, reason, answer, words) => {
    own.set('shop.test', answer);
    machines.set('shop.test', { addresses: ['127.0.0.1'] });
    const evidence = await look('shop.test', { changes: { resolver: own.address } });
    expect(evidence).toMatchObject({ outcome: 'down', reason });
    expect(evidence.message).toContain(words);
  });

  it('that says nothing is down when the one deadline is over', async () => {
    own.set('shop.test', 'silence');
    const evidence = await look('shop.test', { changes: { resolver: own.address }, timeoutMs: 200 });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.dns', address: null });
    expect(evidence.phases).toMatchObject({ connectMs: null, dnsMs: evidence.phases.totalMs });
  });

  it('that nobody runs is down, and the prober is not to blame', async () => {
    const { address } = own;
    await own.close();
    const evidence = await look('shop.test', { changes: { resolver: address } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'dns.unreachable' });
    expect(evidence.message).toBe(`the name server ${address} cannot be reached`);
    own = await startNameServer();
  });

  it('is not asked at an address that is not allowed', async () => {
    const evidence = await look('shop.test', { changes: { resolver: '192.168.0.1' } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'blocked.address' });
    expect(evidence.message).toContain('the name server 192.168.0.1');
  });

  it('cannot lead to an address that is not allowed', async () => {
    own.set('shop.test', { addresses: ['169.254.169.254'] });
    const evidence = await look('shop.test', { changes: { resolver: own.address } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'blocked.address' });
  });

  it('has nothing to say of an address', async () => {
    const evidence = await look('127.0.0.1', { changes: { resolver: own.address } });
    expect(evidence).toMatchObject({ outcome: 'up' });
    expect(own.questions).toEqual([]);
  });

  it('is asked for the family that the monitor wants', async () => {
    own.set('shop.test', { addresses: ['127.0.0.1'] });
    expect(await look('shop.test', { changes: { resolver: own.address, ipFamily: '4' } })).toMatchObject({
      outcome: 'up',
    });
    expect(own.questions).toEqual(['A shop.test']);
    expect(await look('shop.test', { changes: { resolver: own.address, ipFamily: '6' } })).toMatchObject({
      reason: 'dns.no-answer',
      message: 'shop.test has no IPv6 address',
    });
  });
});

describe('names', () => {
  it('are looked up side by side, not by the four threads of getaddrinfo', async () => {
    const count = 40;
    const asked = Promise.withResolvers<NameAnswer>();
    const names = Array.from({ length: count }, (_, index) => `host-${index}.test`);
    // None is answered before all are asked: four at a time would wait for ever.
    const answer = async (): Promise<NameAnswer> => {
      if (new Set(machines.questions).size === 2 * count) asked.resolve({ addresses: ['127.0.0.1'] });
      return await asked.promise;
    };
    for (const name of names) machines.set(name, answer);
    const seen = await Promise.all(names.map(async (name) => await lookByHttp(name, { timeoutMs: 10_000 })));
    expect(seen.filter(({ outcome }) => outcome === 'up')).toHaveLength(count);
  });

  it('that lead nowhere in one family are found in the other', async () => {
    machines.set('shop.test', { addresses: ['127.0.0.1', '::1'] });
    const six = await lookByHttp('shop.test', { changes: { ipFamily: '6' } });
    expect(six).toMatchObject({ outcome: 'down', address: '::1' });
    expect(six.reason).toMatch(/^connect\.(refused|unreachable)$/);
    for (const ipFamily of ['auto', '4']) {
      expect(await lookByHttp('shop.test', { changes: { ipFamily } })).toMatchObject({ outcome: 'up' });
    }
  });

  it('whose look-up took half of the time leave the rest only half of it', async () => {
    machines.set('shop.test', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { addresses: ['127.0.0.1'] };
    });
    target.failFor('everyone', 'hang');
    const evidence = await lookByHttp('shop.test', { timeoutMs: 500 });
    expect(evidence).toMatchObject({ outcome: 'down', address: '127.0.0.1' });
    expect(evidence.reason).toMatch(/^timeout\.(total|response)$/);
    expect(evidence.phases.dnsMs).toBeGreaterThan(250);
  });
});

describe('an address that drops whatever is sent to it', () => {
  it('is down at the one deadline, while connecting', async () => {
    const hole = await startBlackHole();
    const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${hole.port}/` });
    const evidence = await probeHttp(http, contextOf({ timeoutMs: 300 }));
    await hole.close();
    expect(evidence).toMatchObject({
      ...{ outcome: 'down', reason: 'timeout.connect', address: '127.0.0.1' },
      message: 'timed out after 0.3 s, connecting',
    });
    expect(evidence.phases).toMatchObject({ tlsMs: null, ttfbMs: null });
  });
});

describe('the setting', () => {
  const accepts = (resolver: string) => httpProbeSchema.safeParse({ url: 'http://a.test/', resolver }).success;

  it.each(['9.9.9.9', '9.9.9.9:53', '127.0.0.1:5353', '[2620:fe::fe]', '[::1]:53'])('may be %s', (resolver) => {
    expect(accepts(resolver)).toBe(true);
  });

  it.each(['', 'dns.example.com', '9.9.9', '9.9.9.9:0', '9.9.9.9:65536', '2620:fe::fe', '[fe80::1%eth0]', '9.9.9.9:'])(
    'may not be %j',
    (resolver) => {
      expect(accepts(resolver)).toBe(false);
    },
  );
});
