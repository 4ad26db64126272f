import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Looks } from './looks.ts';

const longest = 64 * 1024;

describe('looks at a growing text', () => {
  let length = 0;
  let seen: number[] = [];
  let looks: Looks;

  beforeEach(() => {
    jest.useFakeTimers();
    [length, seen] = [0, []];
    looks = new Looks(() => void seen.push(length));
  });
  afterEach(() => void jest.useRealTimers());

  function grow(by = 1): void {
    length += by;
    looks.ask(length);
  }

  it('read a few times its length, though it comes a byte at a time', () => {
    while (length < longest) grow();
    const read = seen.reduce((total, one) => total + one, 0);
    expect(read).toBeLessThan(10 * longest);
  });

  it('are at once while it is short, and soon when it has stopped growing', () => {
    looks.ask(length);
    for (let count = 0; count < 8; count++) grow();
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    grow(longest);
    grow();
    expect(seen.at(-1)).toBe(longest + 8);
    jest.advanceTimersByTime(260);
    expect(seen.at(-1)).toBe(length);
    jest.runAllTimers();
    expect(seen).toHaveLength(11);
  });

  it('read no more than so much in a second, however long it dribbles', () => {
    grow(longest);
    seen = [];
    for (let ms = 0; ms < 10_000; ms++) {
      grow();
      jest.advanceTimersByTime(1);
    }
    const read = seen.reduce((total, one) => total + one, 0);
    expect(read).toBeLessThan(10_000 * 256 + 10 * longest);
    expect(seen.length).toBeGreaterThan(20);
  });

  it('come to an end', () => {
    grow(longest);
    grow();
    looks.end();
    jest.runAllTimers();
    expect(seen).toEqual([longest]);
  });
});
