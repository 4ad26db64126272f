import { describe, expect, it } from '@jest/globals';
import { probeSchema, type Drill, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowNothing } from '@quorate/outbound';
import { performProbe } from './probe.ts';
import { createSurroundings } from './surroundings.ts';

const startsAt = 1_800_000_000_000;
const minuteMs = 60_000;
const everyHour: Drill = { startsAt, periodSeconds: 3_600, downSeconds: 120 };

async function look(drill: Drill | null, dueAt: number, startedAt = dueAt): Promise<Evidence> {
  const { signal } = new AbortController();
  const surroundings = createSurroundings({
    guard: new AddressGuard(allowNothing),
    region: 'eu',
    version: '1',
    signal,
  });
  const probe = probeSchema.parse({ type: 'self', self: { drill } });
  return await performProbe(probe, { ...surroundings, monitorKey: 'm', startedAt, timeoutMs: 1_000, dueAt });
}

describe('the probe of Quorate itself', () => {
  it('is up without dialling anybody', async () => {
    const phases = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 0 };
    expect(await look(null, startsAt)).toMatchObject({ outcome: 'up', reason: null, address: null, phases });
  });

  it.each([
    ['a millisecond before the first period', -1, 'up'],
    ['as the first period begins', 0, 'down'],
    ['in the last moment of its outage', 2 * minuteMs - 1, 'down'],
    ['when the outage is over', 2 * minuteMs, 'up'],
    ['in the last moment of the period', 60 * minuteMs - 1, 'up'],
    ['as the next period begins', 60 * minuteMs, 'down'],
    ['a year later', 365 * 24 * 60 * minuteMs + minuteMs, 'down'],
    ['an hour before the first period', -60 * minuteMs, 'up'],
  ])('plays the outage of a drill by the round that asks: %s it is %s', async (_when, afterMs, outcome) => {
    expect(await look(everyHour, startsAt + afterMs)).toMatchObject({ outcome });
  });

  it('asks no clock of its own, so that all regions say the same', async () => {
    expect(await look(everyHour, startsAt, startsAt + 90 * minuteMs)).toMatchObject({ outcome: 'down' });
  });

  it('says that it is only a drill', async () => {
    expect(await look(everyHour, startsAt)).toMatchObject({
      reason: 'drill',
      message: 'this is a drill, nothing is broken',
    });
  });
});
