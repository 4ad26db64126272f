/** What is shown of a monitor and differs from what is remembered of it. */
import { describe, expect, it } from '@jest/globals';
import {
  compareIncidents,
  compareRounds,
  compareStatus,
  incidentOfDeleted,
  type RememberedMonitor,
  type ShownMonitor,
} from './compare-monitor.ts';

const now = 1_800_000_000_000;
const holds: RememberedMonitor = {
  version: 1,
  status: 'up',
  since: 500,
  incidentId: null,
  warningId: null,
  judgedAt: now,
};
const row: ShownMonitor = {
  ...{ monitorId: 'a', version: 1, paused: false, intervalSeconds: 30, changedAt: 0 },
  ...{ shown: { status: 'up', since: 500 }, openIncident: null, openWarning: null },
};

describe('compareStatus', () => {
  it.each([
    ['the same status', row.shown, holds, false],
    ['another status', { status: 'down', since: 500 } as const, holds, true],
    ['another time', { status: 'up', since: 499 } as const, holds, true],
    ['nothing, and it is pending', null, { ...holds, status: 'pending' } as const, false],
    ['nothing, and it is not pending', null, holds, true],
    ['a status of which nothing is remembered', row.shown, null, false],
  ])('where it shows %s', (_what, shown, remembered, differs) => {
    const finding = compareStatus({ ...row, shown }, remembered);
    expect(finding !== null).toBe(differs);
    if (differs)
      expect(finding?.repair).toMatchObject({ type: 'set-status', shown, holds: { status: 'up', since: 500 } });
  });
});

describe('compareIncidents', () => {
  const open = { id: 'a:1', openedAt: 100 };
  const close = { type: 'close-incident', incidentId: 'a:1', at: 500, cause: 'recovered' };
  const show = { type: 'open-incident', monitorId: 'a', incidentId: 'a:2' };
  it.each([
    ['none, and there is none', row, holds, []],
    ['the one that there is', { ...row, openIncident: open }, { ...holds, incidentId: 'a:1' }, []],
    ['one, and there is none', { ...row, openIncident: open }, holds, [close]],
    ['one, and it is paused', { ...row, paused: true, openIncident: open }, holds, [{ ...close, cause: 'paused' }]],
    ['none, and there is one', row, { ...holds, incidentId: 'a:2' }, [show]],
    ['another', { ...row, openIncident: open }, { ...holds, incidentId: 'a:2' }, [close, show]],
    ['a warning, and there is none', { ...row, openWarning: open }, holds, [{ ...close, at: now, cause: 'renewed' }]],
    ['no warning, and there is one', row, { ...holds, warningId: 'a:2' }, [show]],
    [
      'an outage and a warning, and there are both',
      { ...row, openIncident: open, openWarning: { id: 'a:2', openedAt: 200 } },
      { ...holds, incidentId: 'a:1', warningId: 'a:2' },
      [],
    ],
    ['one of which nothing is remembered', { ...row, openIncident: open }, null, []],
  ])('where it shows %s', (_what, shown, remembered, repairs) => {
    expect(compareIncidents(shown, remembered).map(({ repair }) => repair)).toEqual(repairs);
  });

  it('never ends one before it began', () => {
    const [finding] = compareIncidents({ ...row, openIncident: { id: 'a:1', openedAt: 900 } }, holds);
    expect(finding?.repair).toMatchObject({ at: 900 });
  });

  it('ends the one of a deleted monitor', () => {
    expect(incidentOfDeleted(open, 700).repair).toEqual({ ...close, at: 700, cause: 'deleted' });
  });
});

describe('compareRounds', () => {
  const ago = (seconds: number) => now - seconds * 1_000;
  it.each([
    ['that was judged just now', row, holds, false],
    ['that missed two rounds', row, { ...holds, judgedAt: ago(90) }, false],
    ['that was not judged for long', row, { ...holds, judgedAt: ago(211) }, true],
    ['that is checked once a day', { ...row, intervalSeconds: 86_400 }, { ...holds, judgedAt: ago(200_000) }, false],
    ['that was never judged', row, null, true],
    ['that is new', { ...row, changedAt: ago(200) }, null, false],
    ['that was resumed', { ...row, changedAt: ago(10) }, { ...holds, judgedAt: ago(90_000) }, false],
    ['that is paused', { ...row, paused: true }, null, false],
  ])('of a monitor %s', (_what, shown, remembered, isUnchecked) => {
    expect(compareRounds(shown, remembered, now)?.kind).toBe(isUnchecked ? 'monitor-unchecked' : undefined);
  });

  it('takes a round that was judged meanwhile for another finding', () => {
    const evidence = (judgedAt: number) => compareRounds(row, { ...holds, judgedAt }, now)?.evidence;
    expect(evidence(ago(400))).not.toBe(evidence(ago(370)));
  });
});
