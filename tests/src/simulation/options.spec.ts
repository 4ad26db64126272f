/** What the simulation understands on its command line. */
import { describe, expect, it } from '@jest/globals';
import { optionsOf } from './options.ts';

describe('the options', () => {
  it('are 200 fixed seeds on every core, when nothing is said', () => {
    expect(optionsOf([], 2)).toEqual({ act: 'run', seedCount: 200, from: 1, minutes: 0, threadCount: 2 });
  });

  it('are what was said', () => {
    const words = ['--seeds', '10000', '--from=7', '--minutes', '1.5', '--threads', '3'];
    expect(optionsOf(words, 2)).toEqual({ act: 'run', seedCount: 10_000, from: 7, minutes: 1.5, threadCount: 3 });
  });

  it('are fresh seeds only, where only minutes are said', () => {
    expect(optionsOf(['--minutes', '2'], 2)).toMatchObject({ seedCount: 0, minutes: 2 });
  });

  it('name one run to be told, or the planted bugs', () => {
    expect(optionsOf(['--seed', '4711'], 2)).toEqual({ act: 'replay', seed: 4_711 });
    expect(optionsOf(['--planted'], 2)).toEqual({ act: 'hunt', threadCount: 2 });
  });

  it.each([
    [['--seeds', 'many'], '--seeds takes a number from 1 to 10000000, not "many"'],
    [['--seeds', '0'], '--seeds takes a number from 1 to 10000000, not "0"'],
    [['--seeds', '1.5'], '--seeds takes a whole number, not "1.5"'],
    [['--seed', ''], '--seed takes a number from 0 to 2147483648, not ""'],
    [['--minutes', '-1'], "Option '--minutes' argument is ambiguous"],
    [['--minutes=0'], '--minutes takes a number from 0.05 to 10080, not "0"'],
    [['--seed', '1', '--seeds', '2'], '--seed and --seeds are two different things to do'],
    [['--planted', '--minutes', '2'], '--planted and --minutes are two different things to do'],
    [['--speed', '1'], "Unknown option '--speed'"],
    [['12'], "Unexpected argument '12'"],
  ])('%j are refused with what is wrong', (words, message) => {
    expect(() => optionsOf(words, 2)).toThrow(message);
  });
});
