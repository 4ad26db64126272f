/** A certificate that many monitors share is told a few times, and then in one roll-up of its own. */
import { describe, expect, it } from '@jest/globals';
import { topicOfStorm, type Alert } from '@quorate/contracts';
import { expiryWords } from './certificate-words.ts';
import { ChannelRehearsal, sites } from './channel-rehearsal.stage.ts';

const hourMs = 3_600_000;

const certificate: NonNullable<Alert['certificate']> = {
  notAfter: Date.UTC(2026, 11, 4, 12),
  daysLeft: 13,
  issuer: 'CN=Example CA',
  subject: 'CN=*.example.com',
  firstToExpire: 'CN=*.example.com',
  protocol: null,
  cipher: null,
  warning: true,
};
const about: Partial<Alert> = { subject: 'certificate', certificate };

function warn(play: ChannelRehearsal, ...names: readonly string[]): void {
  for (const name of names) play.plan(name, 'opened', about);
}

/** Each in its own minute, as monitors with long intervals see it. */
function warnSlowly(play: ChannelRehearsal, names: readonly string[]): void {
  for (const name of names) {
    warn(play, name);
    play.run(1);
    play.now += 59_000;
  }
}

describe('a certificate that many monitors share', () => {
  it('is told by ten of them and one roll-up, however slowly they come to see it', () => {
    const play = new ChannelRehearsal();
    warnSlowly(play, sites(1, 500));
    expect(play.words.filter((word) => !word.startsWith('storm'))).toEqual(
      sites(1, 10).map((site) => `${site} opened`),
    );
    expect(play.stormWords.filter((word) => word === 'storm opened')).toHaveLength(1);
    expect(play.stormWords.length).toBeLessThanOrEqual(1 + 500 / 60);
    play.now += hourMs;
    play.run(1);
    const newest = play.deliveries.findLast(({ storm }) => storm !== null);
    expect(newest?.storm).toMatchObject({ topic: 'certificates', openCount: 490, windowSeconds: 86_400 });
    expect(newest?.storm?.members[0]?.why).toBe('its certificate expires in 13 days (2026-12-04)');
    expect(newest?.alert.monitor.name).toBe('Many certificates at once');
  });

  it('resolves its roll-up with the last monitor that sees another one', () => {
    const play = new ChannelRehearsal();
    warnSlowly(play, sites(1, 30));
    const over = { ...about, resolveCause: 'renewed' as const };
    for (const site of sites(1, 30)) play.plan(site, 'resolved', over);
    play.run(2);
    expect(play.stormWords).toEqual(['storm opened', 'storm resolved']);
    expect(play.words.filter((word) => word.endsWith('resolved'))).toHaveLength(11);
    play.now += 26 * hourMs;
    play.run(2);
    expect(play.deliveries).toEqual([]);
    expect(play.queue.size).toBe(0);
  });

  it('makes no outage wait: its brake counts warnings only', () => {
    const play = new ChannelRehearsal();
    warn(play, ...sites(1, 40));
    play.open(...sites(101, 110));
    play.run(1);
    expect(play.words.filter((word) => word.startsWith('1') && word.length > 'xx opened'.length)).toHaveLength(10);
    play.open('111', '112');
    play.run(3);
    const storms = play.deliveries.filter(({ state }) => state === 'rolled-up').map(({ rolledUpIn }) => rolledUpIn);
    const topics = Map.groupBy(storms, (place) => topicOfStorm(place?.stormId ?? ''));
    expect([...topics].map(([topic, places]) => [topic, places.length])).toEqual([
      ['certificates', 30],
      ['outages', 2],
    ]);
    expect(play.newestList).toEqual({ 111: 'open', 112: 'open' });
  });

  it('is counted alike by a task that took over', () => {
    const play = new ChannelRehearsal();
    warnSlowly(play, sites(1, 10));
    for (const site of sites(1, 10)) play.plan(site, 'resolved', about);
    play.run(1);
    play.now += hourMs;
    play.run(1);
    play.crash();
    warn(play, '11');
    play.run(1);
    expect(play.delivery('11')?.state).toBe('rolled-up');
  });
});

describe('the days that are left', () => {
  it.each([
    [13, 'in 13 days (2026-12-04)'],
    [1, 'in 1 day (2026-12-04)'],
    [0, 'in less than a day (2026-12-04)'],
  ])('%i', (daysLeft, words) => expect(expiryWords({ ...certificate, daysLeft })).toBe(words));
});
