import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { domainProbeSchema, type Evidence } from '@quorate/contracts';
import {
  AddressGuard,
  allowLoopback,
  allowNothing,
  NameResolver,
  type AllowList,
  type Outbound,
} from '@quorate/outbound';
import { startRdapServer, type RdapAnswer, type RdapServer } from '@quorate/testing';
import { RegistryList } from '../rdap/registry-list.ts';
import { RegistryMemory } from '../rdap/registry-memory.ts';
import { probeDomain } from './domain.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const now = Date.parse('2026-11-21T12:00:00Z');
const dayMs = 86_400_000;
const hourMs = 3_600_000;
let server: RdapServer;
let memory: RegistryMemory;
let list: RegistryList;
let outbound: Outbound;

function useGuard(allowed: AllowList): void {
  outbound = { guard: new AddressGuard(allowed), resolver: new NameResolver({ servers: ['127.0.0.1:1'] }) };
  list = new RegistryList(outbound, `${server.url}dns.json`);
}

beforeEach(async () => {
  server = await startRdapServer();
  memory = new RegistryMemory();
  useGuard(allowLoopback);
});
afterEach(async () => await server.close());
afterAll(() => stop.abort());

const path = '/rdap/domain/shop.test';

const registrarName = ['fn', {}, 'text', 'Example Inc.'];

/** As registries write it. */
function registration(changes: object = {}): object {
  return {
    objectClassName: 'domain',
    ldhName: 'SHOP.TEST',
    status: ['client transfer prohibited', 'active'],
    events: [
      { eventAction: 'registration', eventDate: '2010-01-01T00:00:00Z' },
      { eventAction: 'expiration', eventDate: new Date(now + 90.5 * dayMs).toISOString() },
    ],
    entities: [
      { roles: ['abuse'], vcardArray: ['vcard', [['fn', {}, 'text', 'Abuse']]] },
      { roles: ['registrar'], vcardArray: ['vcard', [['version', {}, 'text', '4.0'], registrarName]] },
    ],
    ...changes,
  };
}

const expiringIn = (days: number): object[] => [
  { eventAction: 'expiration', eventDate: new Date(now + days * dayMs).toISOString() },
];

interface AskSettings {
  readonly at?: number;
  readonly timeoutMs?: number;
}

async function ask(changes: object = {}, { at = now, timeoutMs = 2_000 }: AskSettings = {}): Promise<Evidence> {
  const domain = domainProbeSchema.parse({ name: 'shop.test', rdapServer: `${server.url}rdap`, ...changes });
  const surroundings = createSurroundings({ ...outbound, region: 'eu', version: '1', signal: stop.signal });
  const registries = { list, memory };
  return await probeDomain(domain, { ...surroundings, registries, monitorKey: 'm', startedAt: at, timeoutMs });
}

async function look(
  answer: RdapAnswer | 'silence',
  changes: object = {},
  settings: AskSettings = {},
): Promise<Evidence> {
  server.set(path, answer);
  return await ask(changes, settings);
}

describe('a domain probe', () => {
  it('is up while the registration lasts, and tells when it ends', async () => {
    const evidence = await look({ body: registration() });
    expect(evidence).toMatchObject({
      outcome: 'up',
      statusCode: 200,
      address: '127.0.0.1',
      domain: {
        expiresAt: now + 90.5 * dayMs,
        daysLeft: 90,
        registrar: 'Example Inc.',
        statuses: ['client transfer prohibited', 'active'],
        warning: false,
      },
    });
    expect(server.requests[0]).toMatchObject({
      url: path,
      headers: { accept: 'application/rdap+json, application/json;q=0.9', 'user-agent': 'Quorate/1 (eu)' },
    });
  });

  it.each([
    [30.5, false],
    [29.5, true],
  ])('with %d days left warns at 30: %s', async (days, warning) => {
    expect(await look({ body: registration({ events: expiringIn(days) }) })).toMatchObject({
      outcome: 'up',
      domain: { warning },
    });
  });

  it('is down when it has expired', async () => {
    expect(await look({ body: registration({ events: expiringIn(-3) }) })).toMatchObject({
      outcome: 'down',
      reason: 'domain.expired',
      message: 'the registration of shop.test expired on 2026-11-18',
      domain: { daysLeft: -3, warning: true },
    });
  });

  it('is down before that where so many days are wanted', async () => {
    expect(await look({ body: registration({ events: expiringIn(5.5) }) }, { minDaysLeft: 14 })).toMatchObject({
      outcome: 'down',
      reason: 'domain.expiring',
      message: 'the registration of shop.test expires in 5 days, on 2026-11-27; expected at least 14 days',
    });
    expect(await ask({ minDaysLeft: 5 })).toMatchObject({ outcome: 'up' });
  });

  it.each(['redemption period', 'pendingDelete', 'server hold', 'clientHold', 'PENDING RESTORE'])(
    'is down with the status "%s", however it is written',
    async (status) => {
      const evidence = await look({ body: registration({ status: ['active', status] }) });
      expect(evidence).toMatchObject({ outcome: 'down', reason: 'domain.status' });
      expect(evidence.message).toContain(`shop.test has the status "${status}": `);
    },
  );

  it('is down when the registry does not know it', async () => {
    expect(await ask()).toMatchObject({
      outcome: 'down',
      reason: 'domain.not-found',
      statusCode: 404,
      message: expect.stringMatching(/^the registry at 127\.0\.0\.1:\d+ knows no domain shop\.test$/),
    });
  });

  it('abstains where the registry does not tell when it ends, unless a status is bad', async () => {
    const evidence = await look({ body: registration({ events: [] }) });
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.unsupported', domain: { expiresAt: null } });
    expect(await look({ body: registration({ events: [], status: ['server hold'] }) })).toMatchObject({
      reason: 'domain.status',
    });
  });

  it('takes the registrar’s date where there is no other', async () => {
    const events = [{ eventAction: 'registrar expiration', eventDate: '2027-01-01T00:00:00Z' }];
    expect(await look({ body: registration({ events }) })).toMatchObject({ domain: { daysLeft: 40 } });
  });

  it('passes over what registries misspell', async () => {
    const events = [null, 7, { eventAction: 'expiration' }, ...expiringIn(40.5)];
    const body = registration({ events, entities: [{ roles: 'registrar' }, 'x'], status: [7, 'active', null] });
    expect(await look({ body })).toMatchObject({
      outcome: 'up',
      domain: { daysLeft: 40, registrar: null, statuses: ['active'] },
    });
  });

  it('follows the registry to where it sends', async () => {
    server.set('/elsewhere', { body: registration() });
    const answer = { status: 302, headers: { location: '/elsewhere' } };
    expect(await look(answer)).toMatchObject({ outcome: 'up', redirects: 1 });
  });
});

describe('what a registry says once', () => {
  it('is remembered for an hour while it is in order', async () => {
    await look({ body: registration() });
    expect(await ask({}, { at: now + hourMs - 1 })).toMatchObject({
      outcome: 'up',
      connection: 'reused',
      address: null,
      domain: { daysLeft: 90 },
    });
    expect(server.requests).toHaveLength(1);
    expect(await ask({}, { at: now + hourMs })).toMatchObject({ outcome: 'up', connection: 'fresh' });
    expect(server.requests).toHaveLength(2);
  });

  it('is asked again before anyone is told that it is down', async () => {
    await look({ body: registration({ events: expiringIn(0.01) }) });
    server.set(path, { body: registration() });
    expect(await ask({}, { at: now + 0.02 * dayMs })).toMatchObject({ outcome: 'up', connection: 'fresh' });
  });

  it('is not remembered when it was bad', async () => {
    await look({ body: registration({ events: expiringIn(-1) }) });
    await ask();
    expect(server.requests).toHaveLength(2);
  });
});

describe('a registry that wants a pause', () => {
  it.each([
    [429, '120', 120_000],
    [429, new Date(now + 90_000).toUTCString(), 90_000],
    [429, undefined, 60_000],
    [429, 'soon', 60_000],
    [503, '300', 300_000],
    [429, '99999999', dayMs],
  ])('by %d and Retry-After %s gets it', async (status, retryAfter, pauseMs) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    expect(await look({ status, headers })).toMatchObject({
      outcome: 'abstain',
      reason: 'prober.registry',
      statusCode: status,
    });
    expect(await ask({}, { at: now + pauseMs - 1 })).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
    expect(server.requests).toHaveLength(1);
    server.set(path, { body: registration() });
    expect(await ask({}, { at: now + pauseMs })).toMatchObject({ outcome: 'up' });
  });
});

describe('a registry that is in trouble', () => {
  it.each<[string, RdapAnswer]>([
    ['answers 500', { status: 500, body: 'oops' }],
    ['answers 400', { status: 400, body: { errorCode: 400 } }],
    ['sends a page', { body: '<html>maintenance</html>' }],
    ['sends nothing', { body: '' }],
    ['sends half of its JSON', { body: JSON.stringify(registration()).slice(0, 100) }],
    ['sends a list', { body: [] }],
    ['sends null', { body: null }],
    ['tells of something else', { body: registration({ objectClassName: 'entity' }) }],
    ['tells of another domain', { body: registration({ ldhName: 'other.test' }) }],
    ['sends ten thousand levels', { body: '['.repeat(10_000) }],
    ['sends more than is read', { body: JSON.stringify(registration({ notices: 'x'.repeat(1_200_000) })) }],
    ['redirects in circles', { status: 302, headers: { location: path } }],
    ['promises gzip and sends none', { headers: { 'content-encoding': 'gzip' }, body: 'plain' }],
  ])('and %s says nothing of the domain', async (_what, answer) => {
    expect(await look(answer)).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
  });

  it('and is silent, or not there, says nothing of the domain', async () => {
    const evidence = await look('silence', {}, { timeoutMs: 200 });
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
    expect(evidence.message).toContain('timed out after 0.2 s');
    expect(await ask({ rdapServer: 'http://127.0.0.1:1/' })).toMatchObject({ reason: 'prober.registry' });
  });

  it('and leads to a private address is not followed there', async () => {
    const evidence = await look({ status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data' } });
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
    expect(evidence.message).toContain('does not probe');
  });

  it('and lies at an address that is not probed is not asked', async () => {
    useGuard(allowNothing);
    expect(await ask()).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('IANA’s list', () => {
  const fromList = { rdapServer: null };
  const services = (...rows: [string[], string[]][]): RdapAnswer => ({ body: { version: '1.0', services: rows } });

  it('says whom to ask', async () => {
    server.set(path, { body: registration() });
    server.set('/dns.json', services([['test'], [`${server.url}rdap/`]]));
    expect(await ask(fromList)).toMatchObject({ outcome: 'up' });
  });

  it('that lists nobody for the end makes the prober abstain, with the remedy', async () => {
    server.set('/dns.json', services([['com'], ['https://rdap.test/']]));
    expect(await ask(fromList)).toMatchObject({
      outcome: 'abstain',
      reason: 'prober.unsupported',
      message: 'no RDAP server is listed for names in .test; if there is one, name the server in rdapServer',
    });
  });

  it('that cannot be fetched makes the prober abstain', async () => {
    const evidence = await ask(fromList);
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
    expect(evidence.message).toMatch(/^IANA’s list of registries could not be fetched: .*; or name the server in/);
  });

  it('that does not come in time makes the prober abstain', async () => {
    server.set('/dns.json', 'silence');
    expect(await ask(fromList, { timeoutMs: 150 })).toMatchObject({ outcome: 'abstain', reason: 'prober.registry' });
  });
});
