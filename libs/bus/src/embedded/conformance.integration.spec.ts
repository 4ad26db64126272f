/** The embedded log keeps the contract. */
import { expect, it } from '@jest/globals';
import { runCase } from '../conformance/case.stage.ts';
import { describeDurableLog } from '../conformance/describe-durable-log.stage.ts';
import { altered, brokenEngine, type Defect } from '../conformance/defects/defect.stage.ts';
import { pressureCases } from '../conformance/cases/pressure.stage.ts';
import type { OutgoingRecord } from '../log.ts';
import { embeddedEngine } from './engine.stage.ts';

describeDurableLog(embeddedEngine);

/** The simulated log, on which the other defects are tried, has its disk in memory. */
it('would be seen to keep in memory what nobody has read', async () => {
  const kept: OutgoingRecord[] = [];
  const hoarding: Defect = {
    name: 'keeps every record in memory',
    noticedBy: [],
    breakLog: (log) =>
      altered(log, {
        append: async (records) => {
          kept.push(...records);
          await log.append(records);
        },
      }),
  };
  const [pressure] = pressureCases.filter(({ needs = [] }) => needs.includes('stores-outside'));
  if (pressure === undefined) throw new Error('there is no such case');
  await expect(runCase(brokenEngine(embeddedEngine, hoarding), pressure)).rejects.toThrow('the heap grew by');
}, 60_000);
