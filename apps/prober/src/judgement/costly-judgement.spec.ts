import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type HttpProbe } from '@quorate/contracts';
import { isCostly, judge } from './costly-judgement.ts';
import { judgeAnswer, type JudgedAnswer } from './judge-answer.ts';

const expectOf = (wanted: object): HttpProbe['expect'] =>
  httpProbeSchema.parse({ url: 'http://a.test/', expect: wanted }).expect;
const answerOf = (text: string): JudgedAnswer => ({
  ...{ statusCode: 200, headers: [], truncated: false, totalMs: 1 },
  text,
});

/** Neither letter of which is preferred, as a pattern that counts likes it least. */
function noise(length: number): string {
  let state = 12_345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 16) & 1 ? 'a' : 'b';
  }).join('');
}

const long = noise(262_144);
const costlyPattern = expectOf({ body: [{ matches: '(a[ab]{100}|b[ab]{200}|aa[ab]{300})[^ab]' }] });
const json = expectOf({ json: [{ path: '$.last', equals: 1 }] });
const manyShapes = `{${Array.from({ length: 40_000 }, (_, index) => `"k${index}":{"x${index}":1}`).join(',')},"last":1}`;

/** The longest time in which this thread got to nothing else. */
async function longestStallOf(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last);
}

describe('an answer that takes long to judge', () => {
  it.each<[string, HttpProbe['expect'], string]>([
    ['a long text and a large pattern', costlyPattern, long],
    ['a short text and a huge pattern', costlyPattern, noise(4_096)],
    ['a large document', json, manyShapes],
  ])('is told by its size: %s', (_what, wanted, text) => {
    expect(isCostly(wanted, answerOf(text))).toBe(true);
  });

  it.each<[string, object, string]>([
    ['a usual page and a usual pattern', { body: [{ matches: 'all (is|are) well' }] }, 'x'.repeat(10_000)],
    ['a usual document', { json: [{ path: '$.a', exists: true }] }, '{"a":1}'],
    ['a large page and a word', { body: [{ contains: 'well' }] }, long],
  ])('is told from one that does not: %s', (_what, wanted, text) => {
    expect(isCostly(expectOf(wanted), answerOf(text))).toBe(false);
  });

  it('is judged as any other', async () => {
    expect(await judge(json, answerOf(manyShapes))).toBeNull();
    const wrong = expectOf({ json: [{ path: '$.last', equals: 2 }] });
    expect(await judge(wrong, answerOf(manyShapes))).toEqual(judgeAnswer(wrong, answerOf(manyShapes)));
  });

  it('holds up nobody else, and is given up where it takes too long', async () => {
    const found: unknown[] = [];
    const stallMs = await longestStallOf(async () => {
      const costly = Array.from({ length: 5 }, async () => found.push(await judge(costlyPattern, answerOf(long))));
      await Promise.all([...costly, judge(json, answerOf(manyShapes)).then((failure) => found.push(failure))]);
    });
    // Generous for a machine that is busy; on this thread it would be seconds.
    expect(stallMs).toBeLessThan(500);
    expect(found).toHaveLength(6);
  });

  it('is followed by others that are judged, though it was given up', async () => {
    const stuck = Promise.all(Array.from({ length: 9 }, async () => await judge(costlyPattern, answerOf(long))));
    const reasons = (await stuck).map((failure) => failure?.reason);
    expect(reasons.filter((reason) => reason !== 'body.mismatch' && reason !== 'prober.internal')).toEqual([]);
    expect(await judge(json, answerOf(manyShapes))).toBeNull();
  });
});
