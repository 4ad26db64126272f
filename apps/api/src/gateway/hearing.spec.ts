import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BusUnavailableError, topicSettings } from '@quorate/bus';
import { deafnessesKeptMax, gatewayFreshMs, gatewayIntervalMs, type Gateway } from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { Hearing } from './hearing.ts';

const start = 1_800_000_000_000;
const minute = 60_000;

let log: SimulatedLog;
let hearings: Hearing[];

async function begin(gatewayId: string): Promise<Hearing> {
  const hearing = new Hearing({ log, logger: silentLogger, gatewayId, version: '0.0.0', intervalMs: 3_600_000 });
  hearings.push(hearing);
  await hearing.start();
  await log.settle();
  return hearing;
}

/** Time passes while these gateways say that they hear. */
async function pass(durationMs: number, ...signing: readonly Hearing[]): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += gatewayIntervalMs) {
    await log.advance(Math.min(gatewayIntervalMs, durationMs - passedMs));
    for (const hearing of signing) await hearing.sign();
    await log.settle();
  }
}

/** In milliseconds after the start. */
const deafOf = ({ deafnesses }: Hearing) => deafnesses.map(({ from, until }) => [from - start, until - start]);

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  hearings = [];
  await log.ensureTopics(topicSettings(3));
});

afterEach(async () => {
  await Promise.all(hearings.map((hearing) => hearing.stop()));
  await log.close();
});

describe('a gateway', () => {
  it('was never deaf on its first day', async () => {
    const hearing = await begin('api-1');
    await pass(minute, hearing);
    expect(deafOf(hearing)).toEqual([]);
    expect(hearing.isHeard).toBe(true);
  });

  it('was deaf from its orderly end to its next start', async () => {
    const before = await begin('api-1');
    await pass(10_000, before);
    await before.stop();
    await log.advance(30_000);
    expect(deafOf(await begin('api-1'))).toEqual([[10_000, 40_000]]);
  });

  it('was deaf from its last sign on when it was killed, whatever its name is now', async () => {
    await pass(10_000, await begin('api-1'));
    await log.advance(minute);
    expect(deafOf(await begin('api-2'))).toEqual([[10_000, 70_000]]);
  });

  it('was not deaf while another one heard', async () => {
    const other = await begin('api-2');
    await pass(10_000, other);
    expect(deafOf(await begin('api-1'))).toEqual([]);
  });

  it('does not believe another one that has ended, however lately', async () => {
    const other = await begin('api-2');
    await pass(10_000, other);
    await other.stop();
    await log.advance(1_000);
    expect(deafOf(await begin('api-1'))).toEqual([[10_000, 11_000]]);
  });

  it('was deaf while the log took nothing', async () => {
    const hearing = await begin('api-1');
    const { append } = log;
    log.append = () => Promise.reject(new BusUnavailableError('away'));
    await pass(minute, hearing);
    expect(hearing.isHeard).toBe(false);
    log.append = append;
    await pass(gatewayIntervalMs, hearing);
    expect(deafOf(hearing)).toEqual([[0, minute + gatewayIntervalMs]]);
  });

  it('makes nothing of a sign that comes a little late', async () => {
    const hearing = await begin('api-1');
    await log.advance(gatewayFreshMs);
    await hearing.sign();
    expect(deafOf(hearing)).toEqual([]);
  });

  it('carries on what its predecessors told, the newest of it', async () => {
    for (let count = 0; count <= deafnessesKeptMax; count++) {
      await (await begin(`api-${count}`)).stop();
      await log.advance(1_000);
    }
    const { deafnesses } = await begin('api');
    expect(deafnesses.length).toBe(deafnessesKeptMax);
    expect(deafnesses.at(-1)?.until).toBe(log.now());
  });

  it('takes away the names of those that are long gone, and keeps what they told', async () => {
    await (await begin('old')).stop();
    await log.advance(25 * 60 * minute);
    const hearing = await begin('api-1');
    await log.settle();
    const signs = (await log.records('gateways')).filter(({ value }) => value !== null);
    expect(signs.map(({ key }) => key)).toEqual(['api-1']);
    expect((JSON.parse(signs[0]?.value ?? '') as Gateway).deafnesses.length).toBe(1);
    expect(deafOf(hearing)).toEqual([[0, 25 * 60 * minute]]);
  });
});
