import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DueQueue } from './due-queue.ts';

fc.configureGlobal({ seed: 13 });

const changes = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    dueAt: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
  }),
  { maxLength: 60 },
);

function drain(queue: DueQueue): string[] {
  const order: string[] = [];
  for (let place = queue.first(); place !== undefined; place = queue.first()) {
    order.push(`${place.dueAt} ${place.key}`);
    queue.delete(place.key);
  }
  return order;
}

describe('DueQueue', () => {
  it('gives back the newest place of each key, earliest first, after any additions, moves and deletions', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const queue = new DueQueue();
        const model = new Map<string, number>();
        for (const { key, dueAt } of list) {
          if (dueAt === null) queue.delete(key);
          else queue.set(key, dueAt);
          if (dueAt === null) model.delete(key);
          else model.set(key, dueAt);
        }
        const expected = [...model].sort(
          ([leftKey, left], [rightKey, right]) => left - right || (leftKey < rightKey ? -1 : 1),
        );
        expect(queue.size).toBe(model.size);
        expect(drain(queue)).toEqual(expected.map(([key, dueAt]) => `${dueAt} ${key}`));
      }),
    );
  });

  it('has no first place when it is empty', () => {
    expect(new DueQueue().first()).toBeUndefined();
  });
});
