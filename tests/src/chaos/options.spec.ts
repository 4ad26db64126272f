/** What the chaos trial understands on its command line. */
import { describe, expect, it } from '@jest/globals';
import { kafkaFaultKinds } from './kafka-faults.ts';
import { optionsOf } from './options.ts';

const half = (): number => 0.5;

describe('the options', () => {
  it('are each fault once on both engines with 200 monitors and a random seed, when nothing is said', () => {
    expect(optionsOf([], half)).toEqual({
      seed: 2 ** 30,
      minutes: null,
      monitorCount: 200,
      engines: ['kafka', 'embedded'],
      kinds: kafkaFaultKinds(['']),
    });
  });

  it('are what was said', () => {
    const words = ['--seed', '7', '--minutes=2.5', '--monitors', '40', '--only', 'kafka', '--faults=api r,PostgreSQL'];
    expect(optionsOf(words, half)).toEqual({
      seed: 7,
      minutes: 2.5,
      monitorCount: 40,
      engines: ['kafka'],
      kinds: ['api restarted', 'PostgreSQL stopped for 60 s'],
    });
  });

  it.each([
    [['--only', 'redis'], '--only takes kafka or embedded, not "redis"'],
    [['--minutes', 'ten'], '--minutes takes a number from 0.5 to 1440, not "ten"'],
    [['--monitors', '1.5'], '--monitors takes a whole number, not "1.5"'],
    [['--seed', ''], '--seed takes a number from 0 to 2147483648, not ""'],
    [['--faults', 'meteor'], 'Not "meteor"'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ])('%j are refused with what is wrong', (words, message) => {
    expect(() => optionsOf(words, half)).toThrow(message);
  });
});
