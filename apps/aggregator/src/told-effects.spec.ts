import { describe, expect, it } from '@jest/globals';
import type { Effect } from '@quorate/consensus';
import type { Alert, StatusChanged } from '@quorate/contracts';
import { tell } from './told-effects.ts';

const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const traceOf = (digit: string) => `00-${digit.repeat(32)}-b7ad6b7169203331-01`;

const alert = { monitorId, incidentId: `${monitorId}:1`, transition: 'opened', regions: [], expectedRegions: [] };
const status: StatusChanged = {
  ...{
    v: 1,
    type: 'status-changed',
    monitorId,
    monitorVersion: 1,
    status: 'down',
    since: 1,
    flapping: false,
    regions: [],
  },
};
const verdictFell = (parent: string | null): Effect => ({
  ...{ kind: 'verdict-fell', round: { monitorId, dueAt: 1, kind: 'scheduled' }, verdict: 'down', decidedAt: 1, parent },
  ...{ expectedCount: 3, voteCount: 2, downCount: 2, counts: true },
});

const written = (effects: readonly Effect[]) =>
  tell(effects).map(({ write }) => write && [write.topic, write.key, write.headers?.['traceparent']?.slice(3, 35)]);

describe('tell', () => {
  it('gives each record the trace that led to it', () => {
    const effects: Effect[] = [
      verdictFell(traceOf('a')),
      { kind: 'alert', alert: alert as unknown as Alert, parent: traceOf('a') },
      { kind: 'status-changed', record: status, parent: traceOf('b') },
    ];
    expect(written(effects)).toEqual([
      null,
      ['alerts', monitorId, 'a'.repeat(32)],
      ['verdicts', monitorId, 'b'.repeat(32)],
    ]);
  });

  it('writes all the same where there is no trace', () => {
    expect(written([verdictFell(null), { kind: 'status-changed', record: status, parent: null }])).toEqual([
      null,
      ['verdicts', monitorId, undefined],
    ]);
  });
});
