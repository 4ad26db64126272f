/** Which entities are to be told of again. */
import { describe, expect, it } from '@jest/globals';
import { DoubtfulAppends } from './doubtful-appends.ts';

const record = (topic: string, key: string) => ({ topic, key, partition: 0, value: null });
const entity = (topic: 'monitors' | 'directory', key: string) => ({ topic, key });

describe('appends of uncertain fate', () => {
  it('are said again once they can come late no more, each entity once', () => {
    const doubts = new DoubtfulAppends(100);
    doubts.add([record('monitors', 'b'), record('monitors', 'a'), record('monitors', 'b')], 0);
    doubts.add([record('directory', 'channel:a')], 50);
    expect(doubts.settled(99)).toEqual([]);
    expect(doubts.settled(100)).toEqual([entity('monitors', 'a'), entity('monitors', 'b')]);
    doubts.forget([entity('monitors', 'a'), entity('monitors', 'b')]);
    expect(doubts.settled(150)).toEqual([entity('directory', 'channel:a')]);
  });

  it('wait anew when they fail again', () => {
    const doubts = new DoubtfulAppends(100);
    doubts.add([record('monitors', 'a')], 0);
    doubts.add([record('monitors', 'a')], 60);
    expect(doubts.settled(100)).toEqual([]);
    expect(doubts.settled(160)).toHaveLength(1);
  });

  it('are of no matter where each record stands for itself', () => {
    const doubts = new DoubtfulAppends(0);
    doubts.add([record('commands', 'a'), record('dead-letters', 'a')], 0);
    expect(doubts.settled(0)).toEqual([]);
  });

  it('are remembered up to a limit', () => {
    const doubts = new DoubtfulAppends(0);
    const records = Array.from({ length: 6_000 }, (_, index) => record('monitors', String(index)));
    doubts.add(records, 0);
    doubts.add([record('monitors', '1')], 0);
    expect(doubts.settled(0)).toHaveLength(5_000);
  });
});
