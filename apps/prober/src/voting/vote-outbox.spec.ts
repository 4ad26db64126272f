import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BusUnavailableError, type DurableLog, type OutgoingRecord } from '@quorate/bus';
import { partitionOf, type Vote } from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { VoteOutbox } from './vote-outbox.ts';

const partitionCount = 4;
const monitorIds = Array.from({ length: 8 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`);

let appended: (readonly OutgoingRecord[])[];
let failures: number;
let outbox: VoteOutbox;

beforeEach(() => {
  appended = [];
  failures = 0;
  const log: Pick<DurableLog, 'append' | 'partitionCount'> = {
    partitionCount: () => partitionCount,
    append: async (records) => {
      if (failures-- > 0) throw new BusUnavailableError('No leader');
      appended.push(records);
    },
  };
  outbox = new VoteOutbox(log as DurableLog, silentLogger);
});
afterEach(async () => {
  await outbox.close(1_000);
});

function add(monitorId: string): Promise<void> {
  return new Promise((settled) => outbox.add({ monitorId } as Vote, {}, settled));
}

describe('the vote outbox', () => {
  it('appends votes of one partition together, and never those of two', async () => {
    await Promise.all(monitorIds.map(add));
    for (const records of appended) {
      const partitions = new Set(records.map(({ key }) => partitionOf(key, partitionCount)));
      expect([...partitions]).toEqual([records[0]?.partition]);
    }
    expect(
      appended
        .flat()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(monitorIds);
    expect(appended.length).toBeLessThanOrEqual(partitionCount);
  });

  it('keeps votes that the log does not take, and settles none of them before', async () => {
    failures = 2;
    let isSettled = false;
    const settled = add(monitorIds[0]!).then(() => (isSettled = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isSettled).toBe(false);
    await settled;
    expect(appended.flat()).toHaveLength(1);
  });

  it('tries once more at its end and then gives up, settling nothing', async () => {
    failures = Infinity;
    let isSettled = false;
    void add(monitorIds[0]!).then(() => (isSettled = true));
    await outbox.close(1_000);
    expect([isSettled, appended]).toEqual([false, []]);
  });
});
