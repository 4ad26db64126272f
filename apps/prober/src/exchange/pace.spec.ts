import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.ts';

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

describe('a pace', () => {
  it('begins nothing at once, and then one a turn, in order', async () => {
    const begun: string[] = [];
    const pace = new Pace();
    for (const each of ['a', 'b', 'c']) pace.take(() => begun.push(each));
    const afterTurns: string[] = [begun.join('')];
    for (let turns = 0; turns < 3; turns++) {
      await turn();
      afterTurns.push(begun.join(''));
    }
    expect(afterTurns).toEqual(['', 'a', 'ab', 'abc']);
  });

  it('does not begin what was given up, and loses no turn by it', async () => {
    const begun: string[] = [];
    const pace = new Pace();
    const giveUp = pace.take(() => begun.push('a'));
    pace.take(() => begun.push('b'));
    giveUp();
    await turn();
    expect(begun).toEqual(['b']);
  });
});
