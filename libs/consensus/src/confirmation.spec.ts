import { describe, expect, it } from '@jest/globals';
import { monitorId, Rehearsal, startedAt } from './rehearsal.stage.ts';

describe('a suspicion', () => {
  it('begins with the first down verdict, which pages nobody', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uuu');
    rehearsal.round('ddu');
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.status).toBe('up');
    expect(rehearsal.state.turn).toMatchObject({ towards: 'down', count: 1 });
  });

  it('asks for a confirming round confirmIntervalSeconds after the verdict fell, of the regions live then', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us', 'ap'] });
    rehearsal.begin('ddu');
    rehearsal.regions = ['eu', 'us'];
    rehearsal.pass(4_999);
    expect(rehearsal.confirmations).toEqual([]);
    rehearsal.pass(1);
    expect(rehearsal.confirmations).toMatchObject([
      {
        monitorId,
        monitorVersion: 1,
        kind: 'confirming',
        dueAt: startedAt + 5_000,
        expectedRegions: ['eu', 'us'],
        registeredRegions: ['eu', 'us', 'ap'],
        timeoutMs: 10_000,
        probe: { type: 'http' },
      },
    ]);
  });

  it('counts from the vote that decided, though the window is still open', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('d--');
    rehearsal.pass(1_000);
    rehearsal.cast({ round, region: 'us', outcome: 'down' });
    rehearsal.pass(5_000);
    expect(rehearsal.confirmations).toMatchObject([{ dueAt: startedAt + 6_000 }]);
    expect(rehearsal.closed).toEqual([]);
  });

  it('waits while no region is live, as for an owner that was frozen and has heard of none yet', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.regions = [];
    rehearsal.pass(7_000);
    expect(rehearsal.confirmations).toEqual([]);
    rehearsal.regions = rehearsal.registered;
    rehearsal.pass(1);
    expect(rehearsal.confirmations).toMatchObject([{ dueAt: rehearsal.now, expectedRegions: ['eu', 'us', 'ap'] }]);
  });

  it('asks for the next round only when the one before is judged', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddu');
    rehearsal.pass(5_000);
    rehearsal.pass(11_000);
    expect(rehearsal.confirmations).toHaveLength(1);
    rehearsal.pass(6_000);
    expect(rehearsal.confirmations).toHaveLength(2);
  });

  it('opens one incident with as many down verdicts in a row as confirmations', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddu');
    rehearsal.confirm('ddu');
    expect(rehearsal.told).toEqual([]);
    rehearsal.confirm('dud');
    expect(rehearsal.told).toEqual(['opened:0']);
    const confirmedDueAt = rehearsal.confirmations[1]?.dueAt;
    expect(rehearsal.alerts).toMatchObject([
      {
        alertId: `${monitorId}:${confirmedDueAt}:opened:0`,
        incidentId: `${monitorId}:${confirmedDueAt}`,
        firstFailureAt: startedAt,
        openedAt: rehearsal.now,
        resolvedAt: null,
        resolveCause: null,
        regions: ['eu', 'ap'].sort(),
        monitor: { name: 'Shop', type: 'http', target: 'https://shop.example.com/' },
      },
    ]);
    expect(rehearsal.status).toBe('down');
    rehearsal.round('ddd');
    rehearsal.round('ddd');
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('opens at once where one verdict is enough', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.begin('dd-');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.alerts[0]?.votes).toHaveLength(2);
    expect(rehearsal.alerts[0]?.incidentId).toBe(`${monitorId}:${startedAt}`);
  });

  it('counts scheduled rounds in between', () => {
    const rehearsal = new Rehearsal({ settings: { intervalSeconds: 10, timeoutSeconds: 5 } });
    rehearsal.round('ddd');
    rehearsal.round('ddd');
    rehearsal.round('ddd');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.confirmations).toEqual([]);
  });

  it('ends with an up verdict', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.confirm('ddd');
    rehearsal.confirm('uud');
    expect(rehearsal.state.turn).toBeNull();
    rehearsal.pass(60_000);
    expect(rehearsal.confirmations).toHaveLength(2);
    expect(rehearsal.told).toEqual([]);
  });

  it('is neither helped nor harmed by an inconclusive verdict', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.confirm('du-');
    rehearsal.confirm('ddd');
    expect(rehearsal.told).toEqual([]);
    rehearsal.confirm('ddd');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.alerts[0]?.firstFailureAt).toBe(startedAt);
  });

  it('ends with three inconclusive verdicts in a row', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.confirm('du-');
    rehearsal.confirm('du-');
    expect(rehearsal.state.turn).not.toBeNull();
    rehearsal.confirm('du-');
    expect(rehearsal.state.turn).toBeNull();
    rehearsal.pass(60_000);
    expect(rehearsal.confirmations).toHaveLength(3);
  });

  it('survives inconclusive verdicts that are not in a row', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 4 } });
    for (const word of ['ddd', 'du-', 'du-', 'ddd', 'du-', 'du-', 'ddd']) {
      if (rehearsal.closed.length === 0) rehearsal.round(word);
      else rehearsal.confirm(word);
    }
    expect(rehearsal.state.turn).toMatchObject({ count: 3 });
  });

  it('asks for no confirming round before the streams are read to the end', () => {
    const rehearsal = new Rehearsal();
    rehearsal.caughtUp = false;
    rehearsal.begin('ddd');
    rehearsal.pass(20_000);
    expect(rehearsal.confirmations).toEqual([]);
    rehearsal.caughtUp = true;
    rehearsal.pass(0);
    expect(rehearsal.confirmations).toMatchObject([{ dueAt: startedAt + 20_000 }]);
  });

  it('carries the trace of its first round to its confirming rounds and to the alert', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.confirm('ddd');
    rehearsal.confirm('ddd');
    const parents = rehearsal.effects.flatMap(({ kind, parent }) =>
      kind === 'confirmation' || kind === 'alert' ? [parent] : [],
    );
    expect(parents).toEqual([0, 1, 2].map(() => `vote-of-${startedAt}`));
  });
});

describe('a confirming round', () => {
  it('is due after every round that was judged, whatever the clocks say', () => {
    const rehearsal = new Rehearsal();
    const ahead = { dueAt: startedAt + 8_000, kind: 'scheduled' } as const;
    rehearsal.announce(ahead);
    rehearsal.castWord(ahead, 'ddd');
    rehearsal.pass(5_000);
    expect(rehearsal.confirmations).toMatchObject([{ dueAt: startedAt + 8_001 }]);
  });

  it('waits for scheduled rounds that were due before it', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 } });
    rehearsal.begin('ddd');
    rehearsal.pass(4_000);
    const scheduled = rehearsal.begin('d--');
    rehearsal.pass(1_000);
    const [check] = rehearsal.confirmations;
    rehearsal.castWord(check!, 'ddd');
    expect(rehearsal.told).toEqual([]);
    rehearsal.cast({ round: scheduled, region: 'us', outcome: 'down' });
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.alerts[0]?.incidentId).toBe(`${monitorId}:${scheduled.dueAt}`);
  });

  it('that nobody asked for is no round', () => {
    const rehearsal = new Rehearsal();
    rehearsal.castWord({ dueAt: startedAt, kind: 'confirming' }, 'ddd');
    expect(rehearsal.memory.windows).toEqual([]);
  });
});

describe('a recovery', () => {
  const open = () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.round('ddu');
    return rehearsal;
  };

  it('needs as many up verdicts in a row as recoveries, confirmed likewise', () => {
    const rehearsal = open();
    rehearsal.round('uuu');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.status).toBe('down');
    rehearsal.confirm('uu-');
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
    const [opened, resolved] = rehearsal.alerts;
    expect(resolved).toMatchObject({
      incidentId: opened?.incidentId,
      resolveCause: 'recovered',
      openedAt: startedAt,
      regions: ['eu', 'us'],
      votes: [{ region: 'eu', outcome: 'up' }, { region: 'us' }],
    });
    expect(resolved?.resolvedAt).toBe(rehearsal.closed.at(-1)?.decidedAt);
    expect(rehearsal.statuses).toEqual(['down', 'up']);
  });

  it('ends with a down verdict', () => {
    const rehearsal = open();
    rehearsal.round('uuu');
    rehearsal.confirm('ddd');
    rehearsal.round('uuu');
    expect(rehearsal.told).toEqual(['opened:0']);
    rehearsal.confirm('uuu');
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
  });

  it('ends with three inconclusive verdicts in a row, and the incident stays open', () => {
    const rehearsal = open();
    rehearsal.round('uuu');
    for (let count = 0; count < 3; count++) rehearsal.confirm('du-');
    expect(rehearsal.state.turn).toBeNull();
    expect(rehearsal.status).toBe('down');
  });

  it('is followed by a new incident with a name of its own when the target fails again', () => {
    const rehearsal = open();
    rehearsal.round('uuu');
    rehearsal.confirm('uuu');
    rehearsal.round('ddd');
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0', 'opened:0']);
    expect(new Set(rehearsal.alerts.map(({ incidentId }) => incidentId)).size).toBe(2);
  });

  it('does not begin with an inconclusive verdict', () => {
    const rehearsal = open();
    rehearsal.round('du-');
    expect(rehearsal.state.turn).toBeNull();
  });
});
