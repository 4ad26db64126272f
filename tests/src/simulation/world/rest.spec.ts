/** When a run has come to rest. */
import { describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.ts';
import { isAtRest } from './rest.ts';
import { Trace } from './trace.ts';

type Row = readonly [topic: string, key: string, value: object | null];

const now = 60_000;

const alert = (transition: string): Row => ['alerts', `i:${transition}`, { incidentId: 'i', transition }];
const delivery = (state: string): Row => ['deliveries', 'd', { state }];

function ledgerOf(rows: readonly Row[]): Ledger {
  const ledger = new Ledger(new Trace(0, null));
  for (const [offset, [topic, key, value]] of rows.entries()) {
    const place = { topic, partition: 0, offset, appendedAt: 0, headers: {} };
    const record = { ...place, key, value: value === null ? null : JSON.stringify(value) };
    ledger.written.push({ record, transaction: null });
  }
  return ledger;
}

describe('the rest of a run', () => {
  it.each<[string, boolean, Row[]]>([
    ['before anything has happened', true, []],
    ['while an incident is open', false, [alert('opened'), delivery('pending'), delivery('delivered')]],
    ['while a delivery waits', false, [alert('opened'), alert('resolved'), delivery('pending')]],
    ['when all is resolved and sent', true, [alert('opened'), alert('resolved'), delivery('delivered')]],
    ['when a delivery is forgotten', true, [delivery('pending'), ['deliveries', 'd', null]]],
  ])('%s: %s', (_when, is, rows) => {
    expect(isAtRest(ledgerOf(rows), now)).toBe(is);
  });

  it('comes some time after the last alert: what follows from it is not written yet', () => {
    const ledger = ledgerOf([alert('opened'), alert('resolved')]);
    expect([isAtRest(ledger, 10_000), isAtRest(ledger, 10_001)]).toEqual([false, true]);
  });
});
