import { describe, expect, it } from '@jest/globals';
import { stormMembersListedMax, type Delivery } from '@quorate/contracts';
import { ChannelRehearsal, inStorm, sites, uuidOf } from './channel-rehearsal.stage.ts';
import { mayRetry } from './roll-up.ts';

const minuteMs = 60_000;

describe('a roll-up', () => {
  it('gathers its first members for two seconds before it tells of them', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 11));
    play.run(1);
    play.open('12');
    play.run(1);
    expect(play.stormWords).toEqual([]);
    play.run(1);
    expect(play.newestList).toEqual({ 11: 'open', 12: 'open' });
  });

  it('is told anew as members come and go, no more often than every half minute', () => {
    const play = inStorm();
    play.open('15');
    play.resolve('11');
    play.run(29);
    expect(play.stormWords).toEqual(['storm opened']);
    play.run(2);
    expect(play.stormWords).toEqual(['storm opened', 'storm updated']);
    expect(play.newestList).toEqual({ 11: 'resolved', 12: 'open', 13: 'open', 14: 'open', 15: 'open' });
    play.run(120);
    expect(play.stormWords).toHaveLength(2);
  });

  it('resolves at once with its last member, and not before', () => {
    const play = inStorm();
    play.resolve('11', '12', '13');
    play.run(60);
    expect(play.stormWords).toEqual(['storm opened', 'storm updated']);
    play.resolve('14');
    play.run(1);
    expect(play.stormWords).toEqual(['storm opened', 'storm updated', 'storm resolved']);
    expect(new Set(Object.values(play.newestList ?? {}))).toEqual(new Set(['resolved']));
  });

  it('leaves alone what paged on its own: its own resolve, its own acknowledgement', () => {
    const play = inStorm();
    play.plan('3', 'acknowledged');
    play.resolve('3');
    play.run(2);
    expect(play.words.slice(-2)).toEqual(['3 acknowledged', '3 resolved']);
    play.run(60);
    expect(play.stormWords).toEqual(['storm opened']);
  });

  it('tells that a member is taken on, and is itself taken on with the last of them', () => {
    const play = inStorm();
    play.plan('11', 'acknowledged');
    play.run(31);
    expect(play.stormWords.at(-1)).toBe('storm updated');
    expect(play.newestList).toMatchObject({ 11: 'acknowledged', 12: 'open' });
    play.plan('12', 'acknowledged');
    play.plan('13', 'acknowledged');
    play.resolve('14');
    play.run(31);
    expect(play.stormWords.at(-1)).toBe('storm acknowledged');
    expect(play.deliveries.findLast(({ storm }) => storm !== null)?.alert.acknowledgedBy).toBe('Ada');
    play.now += minuteMs;
    play.plan('12', 'reminder');
    play.run(31);
    expect(play.stormWords.at(-1)).toBe('storm updated');
  });

  it('tells a member whose incident was over before anybody heard of it, and then resolves', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 11));
    play.resolve('11');
    play.run(4);
    expect(play.stormWords).toEqual(['storm opened', 'storm resolved']);
    expect(
      play.heard.find(({ transition, key }) => key.startsWith('storm') && transition === 'opened')?.listed,
    ).toEqual({
      11: 'resolved',
    });
  });

  it('counts a monitor that flaps once, by its newest incident, and forgets the older ones when they are told', () => {
    const play = inStorm();
    for (let time = 1; time <= 5; time++) {
      const incident = time === 1 ? '11' : `11.${time}`;
      play.resolve(incident);
      play.run(40);
      play.open(...sites(200 * time, 200 * time + 10), `11.${time + 1}`);
      play.run(40);
    }
    expect(play.newestList).toMatchObject({ '11.6': 'open' });
    expect(Object.keys(play.newestList ?? {}).filter((name) => name.startsWith('11'))).toEqual(['11.6']);
    play.run(11 * 60);
    const known = play.deliveries.filter(({ alert }) => alert.monitorId === uuidOf(11));
    expect(known.map(({ alert }) => alert.incidentId.split(':')[1])).toEqual(['11.6']);
  });

  it('lists a bounded number and counts the rest', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 110));
    play.run(3);
    play.resolve(...sites(50, 59));
    play.run(31);
    const [newest] = play.deliveries.filter(({ alert }) => alert.transition === 'updated');
    expect(newest?.storm).toMatchObject({ openCount: 90, acknowledgedCount: 0, resolvedCount: 10 });
    expect(newest?.storm?.members).toHaveLength(stormMembersListedMax);
    expect(newest?.storm?.members.every(({ state }) => state === 'open')).toBe(true);
  });

  it('is forgotten, its members first, ten minutes after it was resolved', () => {
    const play = inStorm();
    play.resolve(...sites(1, 14));
    play.run(1);
    expect(play.stormWords.at(-1)).toBe('storm resolved');
    play.run(9 * 60);
    expect(play.deliveries.length).toBeGreaterThan(8);
    play.run(61);
    expect(play.deliveries).toEqual([]);
    expect(play.queue.size).toBe(0);
    expect(play.stormWords).toHaveLength(2);
  });

  it('is kept for as long as a member is down, however long that is, and its old lists are not', () => {
    const play = inStorm();
    play.resolve('11');
    play.run(40);
    play.resolve('12');
    play.run(40);
    play.now += 30 * 24 * 60 * minuteMs;
    play.run(1);
    expect(play.deliveries.filter(({ storm }) => storm !== null).map(({ alert }) => alert.sequence)).toEqual([0, 2]);
    play.resolve('13', '14');
    play.run(1);
    expect(play.stormWords.at(-1)).toBe('storm resolved');
  });

  it('sends its resolve in order although its trigger is still unsent', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 12));
    play.run(3, ({ storm }) => (storm === null ? 'accepted' : 'failed'));
    play.resolve('11', '12');
    play.run(10);
    expect(play.stormWords).toEqual(['storm opened', 'storm resolved']);
    expect(play.deliveries.find(({ storm, alert }) => storm && alert.transition === 'opened')?.late).toBe(true);
  });
});

describe('a roll-up that dies', () => {
  const refuseStorms = ({ storm }: Delivery) => (storm === null ? 'accepted' : 'refused');

  it('lets its members go, to be paged and resolved on their own, and nothing is rolled up for a while', () => {
    const play = new ChannelRehearsal();
    play.open(...sites(1, 13));
    play.run(1);
    play.resolve('11');
    play.run(3, refuseStorms);
    play.resolve('12', '13');
    play.open('14');
    play.run(3);
    const words = play.words.filter((word) => /^1[1-4]/.test(word)).toSorted();
    expect(words).toEqual([
      '11 opened',
      '11 resolved',
      '12 opened',
      '12 resolved',
      '13 opened',
      '13 resolved',
      '14 opened',
    ]);
    expect(play.stormWords).toEqual([]);
    play.run(600);
    play.open(...sites(20, 31));
    play.run(3);
    expect(play.stormWords).toEqual(['storm opened']);
  });

  it('lets go only those of whom a dead list was to tell first', () => {
    const play = inStorm();
    play.open('15');
    play.now += 31_000;
    play.step();
    play.answer(refuseStorms);
    play.run(2);
    expect(play.words.at(-1)).toBe('15 opened');
    expect(play.delivery('15')).toMatchObject({ state: 'delivered', rolledUpIn: { sequence: 1 } });
    play.resolve(...sites(11, 15));
    play.run(2);
    expect(play.words.slice(-2).toSorted()).toEqual(['15 resolved', 'storm resolved']);
  });

  it('lets them go for good, also when the task dies before they have left', () => {
    const play = inStorm();
    play.open('15');
    play.now += 31_000;
    play.step();
    play.answer(refuseStorms);
    play.step(0);
    play.crash();
    play.run(3);
    expect(play.words.at(-1)).toBe('15 opened');
  });

  it('keeps its members when a fallback channel has taken it over', () => {
    const play = inStorm();
    const [trigger] = play.deliveries.filter(({ storm }) => storm !== null);
    play.queue.put({ ...trigger!, state: 'dead', handedTo: uuidOf(99) });
    play.now += 31_000;
    play.open('15');
    play.step();
    expect(play.delivery('15')).toMatchObject({ state: 'rolled-up' });
    expect(play.queue.release(play.now)).toEqual([]);
  });
});

describe('a dead delivery', () => {
  const base = inStorm();
  const [trigger] = base.deliveries.filter(({ storm }) => storm !== null);
  const dead = (changes: Partial<Delivery>): Delivery => ({ ...trigger!, state: 'dead', ...changes });
  const said = (transition: 'updated' | 'acknowledged' | 'resolved') => ({ ...trigger!.alert, transition });

  it.each<[string, Delivery, boolean]>([
    ['of one incident', dead({ storm: null }), true],
    ['that is none', dead({ state: 'delivered' }), false],
    ['of a roll-up whose members were let go', dead({}), false],
    ['of a roll-up that a fallback channel took over', dead({ handedTo: uuidOf(99) }), true],
    ['of a fallback channel', dead({ fallbackOf: uuidOf(99) }), true],
    ['that is an old list', dead({ alert: said('updated'), handedTo: uuidOf(99) }), false],
    ['that is an old note', dead({ alert: said('acknowledged'), handedTo: uuidOf(99) }), false],
    ["that is a roll-up's resolve", dead({ alert: said('resolved') }), true],
  ])('%s may be sent again or not', (_situation, delivery, expected) => {
    expect(mayRetry(delivery)).toBe(expected);
  });
});
