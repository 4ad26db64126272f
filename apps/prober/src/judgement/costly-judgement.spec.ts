import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type HttpProbe } from '@quorate/contracts';
import { isCostly, judge } from './costly-judgement.ts';
import { judgeAnswer, type JudgedAnswer } from './judge-answer.ts';

const expectOf = (wanted: object): HttpProbe['expect'] =>
  httpProbeSchema.parse({ url: 'http://a.test/', expect: wanted }).expect;
const answerOf = (text: string): JudgedAnswer => ({
  ...{ statusCode: 200, headers: [], truncated: false, totalMs: 1, refusal: null },
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
const short = noise(4_096);
const costlyPattern = expectOf({ body: [{ matches: '(a[ab]{100}|b[ab]{200}|aa[ab]{300})[^ab]' }] });
const json = expectOf({ json: [{ path: '$.last', equals: 1 }] });
const shapes = Array.from({ length: 40_000 }, (_, index) => `"k${index}":{"x${index}":1}`);
const manyShapes = `{${shapes.join(',')},"last":1}`;

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
    ['a short text and a huge pattern', costlyPattern, short],
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

  it('leaves no thread behind that keeps the process alive', async () => {
    await judge(json, answerOf(manyShapes));
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
  });

  it('holds up nobody else', async () => {
    const found: unknown[] = [];
    const stallMs = await longestStallOf(async () => {
      const costly = Array.from({ length: 3 }, async () => found.push(await judge(costlyPattern, answerOf(short))));
      await Promise.all([
        ...costly,
        Promise.resolve(judge(json, answerOf(manyShapes))).then((failure) => found.push(failure)),
      ]);
    });
    // Generous for a machine that is busy; on this thread it would be a second and more.
    expect(stallMs).toBeLessThan(500);
    expect(found.at(-1)).toBeNull();
    expect(found).toHaveLength(4);
  }, 20_000);

  it('is given up where it takes too long, and those behind it are judged', async () => {
    const stuck = Promise.all([judge(costlyPattern, answerOf(long))]);
    const behind = judge(json, answerOf(manyShapes));
    const reasons = (await stuck).map((failure) => failure?.reason);
    expect(reasons.filter((reason) => reason !== 'body.mismatch' && reason !== 'prober.internal')).toEqual([]);
    expect(await behind).toBeNull();
  }, 20_000);

  it('is not taken where too many wait', async () => {
    const text = JSON.stringify({ filling: 'x'.repeat(70_000), last: 1 });
    const asked = Array.from({ length: 25 }, async () => await judge(json, answerOf(text)));
    const refused = (await Promise.all(asked)).filter((failure) => failure !== null);
    expect(refused.map(({ reason }) => reason)).toEqual(Array.from({ length: 5 }, () => 'prober.internal'));
  }, 20_000);
});
