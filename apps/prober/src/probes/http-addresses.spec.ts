import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, allowNothing, NameResolver, type AllowList } from '@quorate/outbound';
import {
  answering,
  startNameServer,
  startRawServer,
  startTarget,
  type NameServer,
  type Target,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
let names: NameServer;
let target: Target;

beforeEach(async () => {
  names = await startNameServer();
  target = await startTarget();
});
afterEach(async () => {
  await names.close();
  await target.close();
});
afterAll(() => stop.abort());

interface LookSettings {
  readonly allowed?: AllowList;
  readonly ipFamily?: 'auto' | '4' | '6';
  readonly timeoutMs?: number;
}

async function look(url: string, settings: LookSettings = {}): Promise<Evidence> {
  const { allowed = allowLoopback, ipFamily = 'auto', timeoutMs = 10_000 } = settings;
  const resolver = new NameResolver({ servers: [names.address], hostsFile: '/dev/null' });
  const guard = new AddressGuard(allowed);
  const surroundings = createSurroundings({ guard, resolver, region: 'eu', version: '1', signal: stop.signal });
  const http = httpProbeSchema.parse({ url, ipFamily });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs });
}

const at = (host: string, port = target.port) => `http://${host}:${port}/`;

describe('a name', () => {
  it('is looked up afresh for each check, however long its answer may be kept', async () => {
    names.set('shop.test', { addresses: ['127.0.0.1'] });
    await look(at('shop.test'));
    await look(at('shop.test'));
    expect(names.questions.filter((question) => question === 'A shop.test')).toHaveLength(2);
  });

  it.each([
    ['does not exist', 'dns.nxdomain', { rcode: 3 }],
    ['cannot be answered for', 'dns.servfail', { rcode: 2 }],
    ['is refused', 'dns.refused', { rcode: 5 }],
    ['has no address', 'dns.no-answer', { addresses: [] }],
  ])('that %s is down: %s', async (_what, reason, answer) => {
    names.set('shop.test', answer);
    expect(await look(at('shop.test'))).toMatchObject({ outcome: 'down', reason, address: null });
  });

  it('that nobody answers for is down when the time is up', async () => {
    names.set('shop.test', 'silence');
    const evidence = await look(at('shop.test'), { timeoutMs: 300 });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.dns' });
    expect(evidence.phases).toMatchObject({ connectMs: null, ttfbMs: null });
  });

  it('is no reason to blame the target when no name server can be reached', async () => {
    await names.close();
    expect(await look(at('shop.test'))).toMatchObject({ outcome: 'abstain', reason: 'prober.isolated' });
    names = await startNameServer();
  });

  it('with a dead address beside a good one is up, and the good one is told', async () => {
    names.set('shop.test', { addresses: ['127.0.0.2', '127.0.0.1'] });
    expect(await look(at('shop.test'))).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
  });

  it('with nothing but dead addresses is down, by the first', async () => {
    names.set('shop.test', { addresses: ['127.0.0.2', '127.0.0.3'] });
    expect(await look(at('shop.test'))).toMatchObject({ reason: 'connect.refused', address: '127.0.0.2' });
  });

  it('with both families is tried by IPv4 first, unless the monitor says otherwise', async () => {
    names.set('shop.test', { addresses: ['127.0.0.1', '::1'] });
    expect(await look(at('shop.test'))).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
    const six = await look(at('shop.test'), { ipFamily: '6' });
    expect(six).toMatchObject({ outcome: 'down', address: '::1' });
  });

  it('with no address of the wanted family is down', async () => {
    names.set('shop.test', { addresses: ['127.0.0.1'] });
    expect(await look(at('shop.test'), { ipFamily: '6' })).toMatchObject({
      reason: 'dns.no-answer',
      message: 'shop.test has no IPv6 address',
    });
  });
});

describe('an address', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://localhost/',
    'http://localhost./',
    'http://any.localhost/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('%s is not dialled', async (url) => {
    expect(await look(url, { allowed: allowNothing })).toMatchObject({ outcome: 'down', reason: 'blocked.address' });
  });

  it('that a name leads to is judged too, and one forbidden among many is enough', async () => {
    names.set('rebinding.test', { addresses: ['93.184.216.34', '10.0.0.1'] });
    expect(await look('http://rebinding.test/')).toMatchObject({ reason: 'blocked.address' });
  });

  it('that changes between two look-ups is judged each time', async () => {
    names.set('rebinding.test', (count) => ({ addresses: [count <= 2 ? '127.0.0.1' : '10.0.0.1'] }));
    expect(await look(at('rebinding.test'))).toMatchObject({ outcome: 'up' });
    expect(await look(at('rebinding.test'))).toMatchObject({ reason: 'blocked.address' });
  });

  it('where nobody listens is down', async () => {
    const gone = await startRawServer(answering([]));
    await gone.close();
    expect(await look(at('127.0.0.1', gone.port))).toMatchObject({
      outcome: 'down',
      reason: 'connect.refused',
      message: `127.0.0.1:${gone.port} refused the connection`,
    });
  });
});
