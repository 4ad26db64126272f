/** A thousand monitors go down at once on a channel that takes 120 events a minute. */
import { describe, expect, it } from '@jest/globals';
import { stormBrakeDefault } from '@quorate/contracts';
import { ChannelRehearsal, sites } from './channel-rehearsal.stage.ts';
import { TokenBucket } from './token-bucket.ts';

/** Answers when each thing that was heard was heard. */
function run(play: ChannelRehearsal, seconds: number, bucket: TokenBucket): number[] {
  const heardAt: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const before = play.heard.length;
    play.step(bucket.available(play.now));
    play.answer();
    const count = play.heard.length - before;
    bucket.take(count);
    heardAt.push(...Array<number>(count).fill(play.now));
    play.now += 1_000;
  }
  return heardAt;
}

describe('a thousand triggers', () => {
  it('without a storm brake all arrive, each before its resolve, and resolves wait for nobody else', () => {
    const play = new ChannelRehearsal();
    const bucket = new TokenBucket({ burstMax: 30, perMinute: 90 }, play.now);
    play.brake = { ...stormBrakeDefault, enabled: false };
    play.open(...sites(1, 1_000));
    const heardAt = run(play, 120, bucket);
    const early = play.words.slice(0, 100).map((word) => word.split(' ')[0] ?? '');
    play.resolve(...early);
    heardAt.push(...run(play, 120, bucket));
    expect(play.words.slice(-180).filter((word) => word.endsWith('resolved'))).toHaveLength(100);
    play.resolve(...sites(1, 1_000).filter((site) => !early.includes(site)));
    heardAt.push(...run(play, 1_500, bucket));
    const heardOf = Map.groupBy(play.heard, ({ key }) => key);
    const stories = [...heardOf.values()].map((heard) => heard.map(({ transition }) => transition).join(', '));
    expect(stories).toEqual(Array<string>(1_000).fill('opened, resolved'));
    expect(heardAt.every((at, index) => (heardAt[index + 120] ?? Infinity) > at + 60_000)).toBe(true);
  });

  it('with one are eleven pages, and eleven resolves', () => {
    const play = new ChannelRehearsal();
    const bucket = new TokenBucket({ burstMax: 30, perMinute: 90 }, play.now);
    play.open(...sites(1, 1_000));
    run(play, 5, bucket);
    expect(play.heard).toHaveLength(11);
    play.resolve(...sites(1, 1_000));
    run(play, 5, bucket);
    expect(play.heard).toHaveLength(22);
    expect(play.deliveries.filter(({ state }) => state === 'pending')).toEqual([]);
  });
});
