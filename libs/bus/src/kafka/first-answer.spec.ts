import { describe, expect, it } from '@jest/globals';
import { firstAnswer } from './first-answer.ts';

const never = () => new Promise<string>(() => undefined);
const hedgeMs = 5;

describe('the first answer', () => {
  it('is that of the first who is asked, and nobody else is', async () => {
    let others = 0;
    const other = () => Promise.resolve(`other ${++others}`);
    expect(await firstAnswer([() => Promise.resolve('first'), other], hedgeMs)).toBe('first');
    expect(others).toBe(0);
  });

  it('is that of the next where one fails, at once', async () => {
    const fails = () => Promise.reject(new Error('refused'));
    expect(await firstAnswer([fails, fails, () => Promise.resolve('third')], 60_000)).toBe('third');
  });

  it('is that of another where one is silent, as a node that is frozen or shutting down', async () => {
    expect(await firstAnswer([never, never, () => Promise.resolve('third')], hedgeMs)).toBe('third');
  });

  it('is that of the one who was slow, where the others fail', async () => {
    const slow = Promise.withResolvers<string>();
    const fails = () => {
      slow.resolve('slow');
      return Promise.reject(new Error('refused'));
    };
    expect(await firstAnswer([() => slow.promise, fails], hedgeMs)).toBe('slow');
  });

  it('is the last refusal where all fail', async () => {
    const failing = (message: string) => () => Promise.reject(new Error(message));
    await expect(firstAnswer([failing('one'), failing('two')], hedgeMs)).rejects.toThrow('two');
    await expect(firstAnswer([], hedgeMs)).rejects.toThrow('No node is known');
  });
});
