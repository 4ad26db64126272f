/** Work in turns. */
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken by so many at a time, in their order, also after a failure', async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    let running = 0;
    let runningMost = 0;
    const works = [0, 1, 2, 3, 4, 5].map((index) =>
      turns.take(async () => {
        running += 1;
        runningMost = Math.max(runningMost, running);
        order.push(index);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (index === 1) throw new Error('failed');
        return index;
      }),
    );
    const outcomes = await Promise.allSettled(works);
    expect({ order, runningMost }).toEqual({ order: [0, 1, 2, 3, 4, 5], runningMost: 2 });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', ...Array(4).fill('fulfilled')]);
  });
});
