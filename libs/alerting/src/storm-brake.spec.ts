import { describe, expect, it } from '@jest/globals';
import { stormBrakeSchema } from '@quorate/contracts';
import { ChannelRehearsal, channelId, inStorm, sites, startedAt, uuidOf } from './channel-rehearsal.stage.ts';

const minuteMs = 60_000;

describe('the storm brake', () => {
  it('lets ten monitors page on their own, and lists the others in one roll-up at once', () => {
    const play = inStorm();
    expect(play.words.toSorted()).toEqual([...sites(1, 10).map((site) => `${site} opened`), 'storm opened'].toSorted());
    expect(play.newestList).toEqual({ 11: 'open', 12: 'open', 13: 'open', 14: 'open' });
    expect(play.delivery('10')).toMatchObject({ state: 'delivered', rolledUpIn: null });
    expect(play.delivery('11')).toMatchObject({
      state: 'rolled-up',
      rolledUpIn: { stormId: `storm:${channelId}:${startedAt}`, sequence: 0 },
      nextAttemptAt: null,
      attempts: [],
    });
  });

  it.each([
    ['as many as may page on their own', 10, 0, 0],
    ['one more', 11, 0, 1],
    ['many, further apart than the window', 30, 60_000, 0],
    ['many, at the edge of the window', 30, 6_000, 0],
    ['many, a little closer', 30, 5_900, 20],
  ])('judges %s', (_situation, count, gapMs, rolledUpCount) => {
    const play = new ChannelRehearsal();
    for (const site of sites(1, count)) {
      play.open(site);
      play.step();
      play.answer();
      play.now += gapMs;
    }
    expect(play.deliveries.filter(({ state }) => state === 'rolled-up')).toHaveLength(rolledUpCount);
  });

  it('goes by the monitors, not by how often one of them opens', () => {
    const play = new ChannelRehearsal();
    play.open(...Array.from({ length: 20 }, (_, index) => `1.${index}`), '2');
    play.step();
    expect(play.deliveries.filter(({ state }) => state === 'rolled-up')).toEqual([]);
  });

  it('lets everything page on its own while it is off', () => {
    const play = new ChannelRehearsal();
    play.brake = stormBrakeSchema.parse({ enabled: false });
    play.open(...sites(1, 40));
    play.run(1);
    expect(play.words).toHaveLength(40);
    expect(play.stormWords).toEqual([]);
  });

  it('never rolls up a test, a drill, a platform alert or the page of another storm, and does not count them', () => {
    const play = new ChannelRehearsal();
    const drill = { name: 'Quorate drill', type: 'self', target: 'quorate', tags: {} };
    for (const site of sites(81, 100)) play.plan(site, 'opened', { monitor: drill });
    for (const site of sites(1, 20)) play.plan(site, 'test');
    for (const site of sites(21, 40)) play.plan(site, 'opened', { subject: 'platform' });
    for (const site of sites(41, 60)) play.plan(site, 'opened', { subject: 'storm' });
    play.open(...sites(61, 70));
    play.run(1);
    expect(play.deliveries.filter(({ state }) => state !== 'delivered')).toEqual([]);
    play.open('71');
    play.plan('72', 'opened', { subject: 'platform' });
    play.plan('73', 'opened', { monitor: drill });
    play.run(1);
    expect(play.deliveries.filter(({ state }) => state === 'rolled-up').map(({ alert }) => alert.monitorId)).toEqual([
      uuidOf(71),
    ]);
  });

  it('leaves alone what somebody may have heard of: it had left when the task died', () => {
    const play = new ChannelRehearsal();
    play.open('1');
    play.step();
    play.open(...sites(2, 14));
    play.crash(() => true);
    play.run(10);
    expect(play.delivery('1')).toMatchObject({ state: 'delivered', rolledUpIn: null });
    expect(play.deliveries.filter(({ state }) => state === 'rolled-up')).toHaveLength(4);
  });

  it('rolls up all that waits of an incident, whatever came first', () => {
    const play = inStorm();
    play.resolve('20');
    play.step();
    play.answer();
    play.resolve('21');
    play.open('21', '20');
    play.run(5);
    expect((['opened', 'resolved'] as const).map((said) => play.delivery('21', said)?.state)).toEqual([
      'rolled-up',
      'rolled-up',
    ]);
    expect(play.delivery('20')?.state).toBe('delivered');
  });

  it('gives two storms two names, even when a clock was set back to the first one', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 11));
    play.resolve('11');
    play.run(4);
    play.now = startedAt;
    play.open('12');
    play.run(4);
    const names = new Set(play.deliveries.flatMap(({ rolledUpIn }) => rolledUpIn?.stormId ?? []));
    expect([...names]).toEqual([`storm:${channelId}:${startedAt}`, `storm:${channelId}:${startedAt + 1}`]);
  });

  it('lets new incidents page on their own again once the window has been quiet', () => {
    const play = inStorm();
    play.now += minuteMs;
    play.open('20');
    play.run(1);
    expect(play.words.at(-1)).toBe('20 opened');
    expect(play.delivery('20')).toMatchObject({ state: 'delivered' });
  });

  it('takes the next storm into the roll-up that is still open, after its first ten have paged', () => {
    const play = inStorm();
    play.now += 10 * minuteMs;
    play.open(...sites(20, 31));
    play.run(1);
    expect(play.stormWords).toEqual(['storm opened', 'storm updated']);
    expect(Object.keys(play.newestList ?? {}).toSorted()).toEqual(['11', '12', '13', '14', '30', '31']);
  });
});
