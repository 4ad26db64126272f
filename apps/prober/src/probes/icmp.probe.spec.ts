import { afterAll, describe, expect, it } from '@jest/globals';
import { icmpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowEverything, allowLoopback, allowNothing, NameResolver } from '@quorate/outbound';
import { Pinger } from '../icmp/pinger.ts';
import { probeIcmp } from './icmp.probe.ts';
import { createSurroundings } from './surroundings.ts';

/** All of these run the machine's own `ping`. */
const stop = new AbortController();
afterAll(() => stop.abort());

interface LookSettings {
  readonly timeoutMs?: number;
  readonly allowed?: typeof allowLoopback;
  readonly pinger?: Pinger;
  readonly signal?: AbortSignal;
}

async function look(changes: object, settings: LookSettings = {}): Promise<Evidence> {
  const { timeoutMs = 5_000, allowed = allowLoopback, signal = stop.signal } = settings;
  const resolver = new NameResolver({ servers: ['127.0.0.1:1'] });
  const guard = new AddressGuard(allowed);
  const surroundings = createSurroundings({ guard, resolver, region: 'eu', version: '1', signal });
  const { pinger = surroundings.pinger } = settings;
  const context = { ...surroundings, pinger, monitorKey: 'm', startedAt: Date.now(), timeoutMs };
  return await probeIcmp(icmpProbeSchema.parse({ host: '127.0.0.1', ...changes }), context);
}

/** A group of hosts: whoever answers has another address, so that nothing counts, and nobody needs privileges. */
const silent = { host: '224.0.0.1' };

describe('an ICMP probe', () => {
  it('is up when every echo request is answered, and tells the times', async () => {
    const evidence = await look({});
    expect(evidence).toMatchObject({
      outcome: 'up',
      reason: null,
      message: null,
      address: '127.0.0.1',
      statusCode: null,
      ping: { sent: 3, received: 3, lossPercent: 0 },
    });
    const { minMs, avgMs, maxMs } = evidence.ping ?? {};
    expect(minMs).toBeGreaterThan(0);
    expect(avgMs).toBeGreaterThanOrEqual(minMs ?? Infinity);
    expect(maxMs).toBeGreaterThanOrEqual(avgMs ?? Infinity);
    const { dnsMs, connectMs, ttfbMs, transferMs, totalMs } = evidence.phases;
    expect(connectMs).toBeNull();
    expect(totalMs).toBeCloseTo((dnsMs ?? 0) + (ttfbMs ?? 0) + (transferMs ?? 0), 3);
  });

  it('sends as many as it is told, closer together where time is short', async () => {
    expect(await look({ count: 1 })).toMatchObject({ ping: { sent: 1, received: 1 } });
    expect(await look({ count: 20 }, { timeoutMs: 2_000 })).toMatchObject({
      outcome: 'up',
      ping: { sent: 20, received: 20 },
    });
  });

  it('finds names by itself', async () => {
    expect(await look({ host: 'localhost', count: 1 })).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
    expect(await look({ host: 'gone.test' })).toMatchObject({ outcome: 'abstain', reason: 'prober.isolated' });
  });

  it('is down within its time when nobody answers, and counts no answer from another address', async () => {
    const evidence = await look(silent, { allowed: allowEverything, timeoutMs: 900 });
    expect(evidence.outcome).toBe('down');
    // A machine without any route says so itself.
    expect(['icmp.loss', 'connect.unreachable']).toContain(evidence.reason);
    expect(evidence.ping?.received ?? 0).toBe(0);
    expect(evidence.phases.totalMs).toBeLessThan(1_200);
  });

  it('sends nothing to an address that the installation does not probe', async () => {
    const pinger = new Pinger('/nowhere/ping');
    expect(await look({}, { allowed: allowNothing, pinger })).toMatchObject({ reason: 'blocked.address' });
    expect(await look({ host: '169.254.169.254' }, { pinger })).toMatchObject({ reason: 'blocked.address' });
  });

  it('gives ping nothing but an address that was checked, whatever the host is called', async () => {
    const pinger = new Pinger('/nowhere/ping');
    expect(await look({ host: '-f' }, { pinger })).toMatchObject({ reason: 'prober.isolated' });
    for (const host of ['--help 127.0.0.1', '127.0.0.1;id', '$(id)']) {
      expect(icmpProbeSchema.safeParse({ host }).success).toBe(false);
    }
  });

  it('abstains where there is no ping, and says what to install', async () => {
    expect(await look({}, { pinger: new Pinger('/nowhere/ping') })).toMatchObject({
      outcome: 'abstain',
      reason: 'prober.unsupported',
      message: 'there is no ping on the prober’s machine: install iputils-ping',
    });
  });

  it('abstains where ping may not be run', async () => {
    expect(await look({}, { pinger: new Pinger('/etc/passwd') })).toMatchObject({
      outcome: 'abstain',
      reason: 'prober.unsupported',
    });
  });

  it('abstains when the prober stops', async () => {
    const early = new AbortController();
    const probing = look({ count: 20 }, { signal: early.signal });
    setTimeout(() => early.abort(), 50);
    expect(await probing).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
  });

  it('runs more than there may be processes one after the other', async () => {
    const pinger = new Pinger();
    const looks = await Promise.all(
      Array.from({ length: 80 }, () => look({ count: 1 }, { pinger, timeoutMs: 20_000 })),
    );
    expect(looks.every(({ outcome }) => outcome === 'up')).toBe(true);
  });

  it('abstains when its turn does not come in time', async () => {
    const pinger = new Pinger();
    const early = new AbortController();
    const busy = Array.from({ length: 64 }, () =>
      look({ count: 20 }, { pinger, signal: early.signal, timeoutMs: 20_000 }),
    );
    expect(await look({}, { pinger, timeoutMs: 100 })).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
    early.abort();
    await Promise.all(busy);
  });
});
