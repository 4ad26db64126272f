import { describe, expect, it } from '@jest/globals';
import { Rehearsal, monitorId, startedAt, voteOf } from './rehearsal.stage.ts';

const channelId = '11111111-1111-4111-8111-111111111111';
const drill = { startsAt: startedAt, periodSeconds: 3_600, downSeconds: 120 };
const secondMs = 1_000;

function aSwitch(settings: Record<string, unknown> = {}): Rehearsal {
  const own = { name: 'Dead man’s switch', type: 'self', self: { drill: null }, channelIds: [channelId] };
  return new Rehearsal({ settings: { ...own, intervalSeconds: 30, ...settings } });
}

describe('the dead man’s switch', () => {
  it('pulses once in each scheduled round that is up, named by the round and good until the next is due', () => {
    const rehearsal = aSwitch();
    rehearsal.round('uuu');
    rehearsal.passTo(startedAt + 30 * secondMs);
    rehearsal.round('uu-');
    expect(rehearsal.told).toEqual(['pulse:0', 'pulse:0']);
    const [first, second] = rehearsal.alerts;
    expect(first).toMatchObject({
      alertId: `${monitorId}:${startedAt}:pulse:0`,
      incidentId: `${monitorId}:${startedAt}`,
      at: startedAt,
      expiresAt: startedAt + 30 * secondMs,
      channelIds: [channelId],
      monitor: { name: 'Dead man’s switch', type: 'self', target: 'quorate' },
      votes: [],
    });
    expect(second?.alertId).toBe(`${monitorId}:${startedAt + 30 * secondMs}:pulse:0`);
  });

  it('knows no maintenance: a window over every monitor stops no sign of life and swallows no drill', () => {
    const rehearsal = aSwitch();
    rehearsal.maintain(true);
    rehearsal.round('uuu');
    expect(rehearsal.told).toEqual(['pulse:0']);
    const drilled = aSwitch({ self: { drill } });
    drilled.maintain(true);
    drilled.round('ddd');
    for (let count = 0; count < 2; count++) drilled.confirm('ddd');
    expect(drilled.told).toEqual(['opened:0']);
  });

  it('hands on the trace of the vote that decided', () => {
    const rehearsal = aSwitch();
    rehearsal.round('uuu');
    expect(rehearsal.effects.filter(({ kind }) => kind === 'alert')).toMatchObject([
      { parent: `vote-of-${startedAt}` },
    ]);
  });

  it.each([
    ['nobody answers', '---'],
    ['one region of three answers', 'u--'],
    ['all regions doubt themselves', 'aaa'],
    ['the verdict is down', 'ddu'],
    ['votes are too few for either side', 'uda'],
  ])('is silent when %s', (_situation, word) => {
    const rehearsal = aSwitch();
    rehearsal.round(word);
    expect(rehearsal.told).toEqual([]);
  });

  it('is silent when no region is left, and pulses again when they are back', () => {
    const rehearsal = aSwitch();
    for (const word of ['uuu', '---', '---', '---', 'uuu']) {
      rehearsal.round(word);
      rehearsal.pass(20 * secondMs);
    }
    expect(rehearsal.told).toEqual(['pulse:0', 'pulse:0']);
  });

  it('does not say late what was true once: of a backlog, rounds whose successor is due are past', () => {
    const rehearsal = aSwitch();
    rehearsal.caughtUp = false;
    rehearsal.now = startedAt + 60 * secondMs;
    for (const dueAt of [startedAt, startedAt + 29 * secondMs, startedAt + 31 * secondMs]) {
      const round = { dueAt, kind: 'scheduled' } as const;
      const heard = { appendedAt: dueAt + secondMs, traceparent: null };
      rehearsal.hear({ kind: 'check', check: rehearsal.checkOf(round), ...heard });
      for (const region of ['eu', 'us', 'ap']) {
        rehearsal.hear({ kind: 'vote', vote: voteOf({ round, region, outcome: 'up' }), ...heard });
      }
    }
    expect(rehearsal.verdicts).toEqual(['up', 'up', 'up']);
    expect(rehearsal.alerts.map(({ openedAt }) => openedAt - startedAt)).toEqual([31 * secondMs]);
  });

  it('does not repeat itself when a successor reads its rounds again', () => {
    const rehearsal = aSwitch();
    rehearsal.begin('uu');
    rehearsal.restart();
    rehearsal.restart('vote');
    expect(rehearsal.told).toEqual(['pulse:0']);
  });

  it('pulses in scheduled rounds only: what people ask for in between keeps no rhythm', () => {
    const rehearsal = aSwitch({ decision: { confirmations: 2 } });
    const asked = { dueAt: startedAt, kind: 'manual' } as const;
    rehearsal.announce(asked);
    rehearsal.castWord(asked, 'uuu');
    rehearsal.pass(secondMs);
    rehearsal.begin('ddd');
    rehearsal.confirm('uuu');
    expect(rehearsal.told).toEqual([]);
  });

  it('tells its channel of no incident, not even after an edit: any call there says that all is well', () => {
    const rehearsal = aSwitch({ decision: { confirmations: 1, recoveries: 1 } });
    rehearsal.begin('ddd');
    rehearsal.edit({ name: 'Renamed' });
    rehearsal.pass(30 * secondMs);
    rehearsal.begin('uuu');
    expect(rehearsal.alerts.map(({ transition, channelIds }) => [transition, channelIds])).toEqual([
      ['opened', []],
      ['pulse', [channelId]],
      ['resolved', []],
    ]);
  });

  it('is not the drill, whose outage pages as any other does and whose health says nothing', () => {
    const rehearsal = aSwitch({ self: { drill }, decision: { confirmations: 1 } });
    rehearsal.begin('uuu');
    rehearsal.pass(30 * secondMs);
    rehearsal.begin('ddd');
    expect(rehearsal.alerts).toMatchObject([{ transition: 'opened', channelIds: [channelId] }]);
    expect(rehearsal.alerts[0]).not.toHaveProperty('expiresAt');
  });

  it('is no monitor that people made, however healthy it is', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uuu');
    expect(rehearsal.told).toEqual([]);
  });
});
