import { afterEach, describe, expect, it } from '@jest/globals';
import { UnderWay, type Timed } from './under-way.ts';

const underWay = new UnderWay();
let ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends) end();
  ends = [];
});

interface Told {
  readonly timed: Timed;
  readonly span: number;
  /** When it was told, after it was added. */
  readonly toldAfterMs: Promise<number>;
  isTold(): boolean;
}

function add(afterMs: number): Told {
  const addedAt = performance.now();
  let isTold = false;
  let timeHasCome = (): void => undefined;
  const toldAfterMs = new Promise<number>((resolve) => {
    timeHasCome = () => {
      isTold = true;
      resolve(performance.now() - addedAt);
    };
  });
  const timed = { timeHasCome, stop: () => undefined };
  const span = underWay.add(timed, addedAt + afterMs);
  ends.push(() => underWay.remove(timed, span));
  return { timed, span, toldAfterMs, isTold: () => isTold };
}

describe('what is under way', () => {
  it('is told when its time has come and not before, whoever was added first', async () => {
    const late = add(60);
    const early = add(20);
    expect(await early.toldAfterMs).toBeGreaterThanOrEqual(20);
    expect(late.isTold()).toBe(false);
    expect(await late.toldAfterMs).toBeGreaterThanOrEqual(60);
  });

  it('is told though what was to be told before it has ended', async () => {
    const ended = add(10);
    const other = add(30);
    underWay.remove(ended.timed, ended.span);
    expect(await other.toldAfterMs).toBeGreaterThanOrEqual(30);
    expect(ended.isTold()).toBe(false);
  });

  it('may be told a second time, at a time that is past by then', async () => {
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      const timed: Timed = {
        timeHasCome: () => {
          times.push(performance.now());
          if (times.length === 2) resolve();
          else underWay.add(timed, times[0] ?? 0);
        },
        stop: () => undefined,
      };
      underWay.add(timed, performance.now());
    });
    expect(times).toHaveLength(2);
  });

  it('is told of a stop together', () => {
    const stopped: string[] = [];
    for (const name of ['one', 'other']) {
      const timed: Timed = { timeHasCome: () => undefined, stop: () => void stopped.push(name) };
      const span = underWay.add(timed, performance.now() + 60_000);
      ends.push(() => underWay.remove(timed, span));
    }
    underWay.stop();
    expect(stopped).toEqual(['one', 'other']);
  });
});
