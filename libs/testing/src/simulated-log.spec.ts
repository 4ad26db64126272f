/** Time stands still between two words of a spec. That the log keeps the contract is shown in libs/bus. */
import { describe, expect, it } from '@jest/globals';
import type { Gathering, PartitionTaskDefinition, Step } from '@quorate/bus';
import { createSimulatedLog, type SimulatedLog } from './simulated-log.ts';

const startAt = Date.UTC(2026, 10, 21, 10);
const topics = ['in', 'out'].map((name) => {
  return { name, partitionCount: 1, retention: { compacted: false, retentionMs: 60_000 } as const };
});

async function open(): Promise<SimulatedLog> {
  const log = createSimulatedLog({ now: startAt });
  await log.ensureTopics(topics);
  return log;
}

function definition(step: (gathering: Gathering) => Step): PartitionTaskDefinition {
  return {
    group: 'group',
    tables: [],
    streams: ['in'],
    stateTopic: null,
    guarantee: 'exactly-once',
    gatherMs: 100,
    createTask: () => ({ restore: () => undefined, step }),
  };
}

const record = (topic: string, value: string) => ({ topic, partition: 0, key: 'key', value });

describe('the simulated log', () => {
  it('takes a step at every due time on the way, each at its own time, and none without time passing', async () => {
    const log = await open();
    const times: number[] = [];
    const membership = await log.join(
      definition(({ now }) => {
        times.push(now - startAt);
        return { records: [] };
      }),
    );
    await log.settle();
    expect([membership.ready, times]).toEqual([true, [0]]);
    await log.advance(350);
    expect(times).toEqual([0, 100, 200, 300]);
    expect(log.now()).toBe(startAt + 350);
    await log.settle();
    expect(times).toHaveLength(4);
    await log.close();
  });

  it('has everything done that one moment leads to when it comes back', async () => {
    const log = await open();
    await log.join(
      definition(({ records }) => ({
        records: (records.get('in') ?? []).map(({ value }) => record('out', `copy of ${value}`)),
      })),
    );
    await log.deliver([record('in', '1')]);
    expect(await log.records('out')).toEqual([]);
    await log.advance(100);
    expect(await log.records('out')).toMatchObject([{ value: 'copy of 1', appendedAt: startAt + 100 }]);
    await log.close();
  });

  it('reports a task that failed, and begins it anew after growing pauses', async () => {
    const log = await open();
    const fault = new Error('it always fails');
    await log.join(
      definition(() => {
        throw fault;
      }),
    );
    await log.advance(10_000);
    expect(log.reports[0]).toEqual({
      message: 'A partition task failed and begins anew',
      fields: { group: 'group', partition: 0, error: fault },
    });
    // 50, 100, 200, 400 and 800 ms apart, then a second each.
    expect(log.reports).toHaveLength(1 + 5 + 8);
    await log.close();
  });

  it('leaves to the next process what was committed before a crash, and nothing else', async () => {
    const log = await open();
    await log.append([record('in', '1')]);
    const unwritten = log.append([record('in', '2')]);
    const next = log.crash();
    expect(await Promise.race([unwritten.then(() => 'written'), next.settle().then(() => 'lost')])).toBe('lost');
    expect((await next.records('in')).map(({ value }) => value)).toEqual(['1']);
    await next.close();
  });

  it('says so when a task wakes itself for ever', async () => {
    const log = await open();
    const restless = definition(() => ({ records: [] }));
    await log.join({
      ...restless,
      createTask: (partition, wake) => ({
        ...restless.createTask(partition, wake),
        step: () => {
          wake();
          return { records: [record('out', 'again')] };
        },
      }),
    });
    await expect(log.settle()).rejects.toThrow('does not come to rest');
    await log.close();
  });
});
