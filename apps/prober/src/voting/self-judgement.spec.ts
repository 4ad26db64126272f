import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { probeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, NameResolver } from '@quorate/outbound';
import { metricsText, silentLogger, type Logger } from '@quorate/telemetry';
import { startNameServer, startTarget, type NameServer, type Target } from '@quorate/testing';
import { performProbe } from '../probes/probe.ts';
import { createSurroundings, type ProbeSurroundings } from '../probes/surroundings.ts';
import type { CanaryTimings } from './canary-watch.ts';
import { SelfJudgement } from './self-judgement.ts';

const here = { addresses: ['127.0.0.1'] };
/** Nobody listens there: what a cut link looks like. */
const nowhere = { addresses: ['127.0.0.2'] };
const hosts = ['canary', 'a', 'b', 'c'];

/** Each judgement asks anew, and no round comes by itself. */
const timings: CanaryTimings = { intervalMs: 60_000, freshMs: 0, timeoutMs: 2_000, idleMs: 0 };
const waitMs = 3_000;

let names: NameServer;
let site: Target;
let stop: AbortController;
let surroundings: ProbeSurroundings;
let judgement: SelfJudgement;
let said: string[];

/** What a busy machine makes it say besides is not looked at here. */
function hear(message: string): void {
  if (message !== 'The prober stood still') said.push(message);
}

const logger: Logger = { ...silentLogger, info: hear, warn: hear };

function link(answer: Parameters<NameServer['set']>[1], but: readonly string[] = []): void {
  for (const host of hosts) if (!but.includes(host)) names.set(`${host}.test`, answer);
}

function judgeWith(canaries: readonly string[], changes: Partial<CanaryTimings> = {}): void {
  judgement = new SelfJudgement({
    region: 'eu',
    canaries,
    surroundings,
    logger,
    timings: { ...timings, ...changes },
  });
}

/** Probes the site by one of its names and judges what was seen. */
async function check(host: string): Promise<Evidence> {
  const probe = probeSchema.parse({ type: 'http', http: { url: `http://${host}.test:${site.port}/` } });
  const since = judgement.begin();
  const context = { ...surroundings, startedAt: 0, dueAt: 0, timeoutMs: 1_000, monitorKey: host };
  const seen = await performProbe(probe, context);
  return await judgement.judge(seen, { monitorId: host, probe, since, waitMs });
}

/** How often the canaries have answered, altogether. */
async function answerCount(question: string): Promise<number> {
  const pattern = new RegExp(
    `^quorate_canary_answers_total\\{.*question="${question}",answered="true"\\} (\\d+)$`,
    'm',
  );
  return Number(pattern.exec(await metricsText())?.[1] ?? 0);
}

/** Checks a target that is up, until the canaries have answered. */
async function learn(...questions: readonly string[]): Promise<void> {
  const before = await Promise.all(questions.map(answerCount));
  await check('a');
  for (const [index, question] of questions.entries()) {
    while ((await answerCount(question)) === before[index]) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function outcomesOf(...checked: readonly string[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const host of checked) {
    const { outcome, reason } = await check(host);
    outcomes.push(reason === null ? outcome : `${outcome} ${reason}`);
  }
  return outcomes;
}

beforeEach(async () => {
  said = [];
  site = await startTarget();
  names = await startNameServer();
  link(here);
  stop = new AbortController();
  const resolver = new NameResolver({ servers: [names.address] });
  const guard = new AddressGuard(allowLoopback);
  surroundings = createSurroundings({ guard, resolver, region: 'eu', version: '1', signal: stop.signal });
  judgeWith([`canary.test:${site.port}`]);
});
afterEach(async () => {
  stop.abort();
  judgement.close();
  await names.close();
  await site.close();
});

describe('a prober whose link is cut', () => {
  it('abstains, tells what it saw, and votes again as soon as a canary answers', async () => {
    await learn('link');
    link(nowhere);
    expect(await outcomesOf('a', 'b')).toEqual(['abstain prober.isolated', 'abstain prober.isolated']);
    expect(judgement.isIsolated).toBe(true);
    const { message } = await check('a');
    expect(message).toBe(
      'the prober is cut off (none of its canaries answers, and 2 of the 2 monitors that it looked at since fail), ' +
        `so this says nothing of the target: 127.0.0.2:${site.port} refused the connection (connect.refused)`,
    );
    link(here, ['a']);
    expect(await outcomesOf('a')).toEqual(['down connect.refused']);
    expect(judgement.isIsolated).toBe(false);
    expect(said).toEqual([
      expect.stringMatching(/^Failures are no word against targets from now on: the prober is cut off \(none of/),
      'The prober is cut off no more: failures count again',
    ]);
  });

  it('shows it as a metric', async () => {
    await learn('link');
    expect(await metricsText()).toContain('quorate_probers_self_judging{region="eu"} 1');
    link(nowhere);
    await check('a');
    expect(await metricsText()).toContain('quorate_probers_isolated{region="eu"} 1');
    judgement.close();
    expect(await metricsText()).toMatch(/quorate_probers_isolated\{region="eu"\} 0\n/);
  });
});

describe('a target that fails', () => {
  it('is down where a canary answers', async () => {
    await learn('link');
    link(nowhere, ['canary']);
    expect(await outcomesOf('a', 'b')).toEqual(['down connect.refused', 'down connect.refused']);
  });

  it('is down where most others are up though no canary answers', async () => {
    await learn('link');
    names.set('canary.test', nowhere);
    names.set('a.test', nowhere);
    expect(await outcomesOf('a', 'b', 'c', 'a')).toEqual([
      'abstain prober.isolated',
      'up',
      'up',
      'down connect.refused',
    ]);
  });

  it.each([['127.0.0.1:9'], ['canary.test:9', 'http://canary.test:9/'], ['none']])(
    'is down where no canary has ever answered (%s)',
    async (...canaries) => {
      judgement.close();
      judgeWith(canaries, { intervalMs: 20, idleMs: 60_000 });
      const expected = canaries[0] === 'none' ? 0 : 1;
      await check('a');
      while (said.length < expected) await new Promise((resolve) => setTimeout(resolve, 5));
      link(nowhere);
      expect(await outcomesOf('a', 'b', 'c')).toEqual(Array(3).fill('down connect.refused'));
      expect(said).toEqual(Array(expected).fill(expect.stringMatching(/^No canary has answered since the start/)));
    },
  );

  it('plays its drill whatever the canaries say', async () => {
    await learn('link');
    link(nowhere);
    const drill = { startsAt: 0, periodSeconds: 3_600, downSeconds: 120 };
    const probe = probeSchema.parse({ type: 'self', self: { drill } });
    const since = judgement.begin();
    const context = { ...surroundings, startedAt: 0, dueAt: 0, timeoutMs: 1_000, monitorKey: 'drill' };
    const seen = await performProbe(probe, context);
    expect(await judgement.judge(seen, { monitorId: 'drill', probe, since, waitMs })).toEqual(seen);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'drill' });
  });

  it('is blocked whatever the canaries say', async () => {
    await learn('link');
    link({ addresses: ['10.0.0.1'] });
    expect(await outcomesOf('a')).toEqual(['down blocked.address']);
  });
});

describe('a canary', () => {
  it('may be a URL, and then must answer, with whatever status', async () => {
    judgement.close();
    judgeWith([`http://canary.test:${site.port}/`]);
    site.failFor(['eu']);
    await learn('link');
    expect(await outcomesOf('a')).toEqual(['down status.unexpected']);
    site.failFor(['eu'], 'reset');
    expect(await outcomesOf('a')).toEqual(['abstain prober.isolated']);
  });

  it('may lie where no monitor may: it is the choice of whoever runs the prober', async () => {
    surroundings = {
      ...surroundings,
      outbound: { ...surroundings.outbound, guard: new AddressGuard({ subnets: [] }) },
    };
    judgement.close();
    judgeWith([`127.0.0.1:${site.port}`]);
    await learn('link');
    expect(await metricsText()).toContain('quorate_probers_self_judging{region="eu"} 1');
  });
});

describe('a prober whose name servers fail', () => {
  beforeEach(() => {
    judgement.close();
    judgeWith([`127.0.0.1:${site.port}`, `canary.test:${site.port}`]);
  });

  it('abstains where no name is found, and only there: its link is good', async () => {
    await learn('link', 'names');
    link({ rcode: 2 }, ['c']);
    names.set('c.test', nowhere);
    expect(await outcomesOf('a', 'b', 'c')).toEqual([
      'abstain prober.isolated',
      'abstain prober.isolated',
      'down connect.refused',
    ]);
    expect((await check('a')).message).toContain("the prober's name servers fail it");
  });

  it('holds a missing name against its target where others are found', async () => {
    await learn('link', 'names');
    names.set('a.test', { rcode: 3 });
    expect(await outcomesOf('a')).toEqual(['down dns.nxdomain']);
  });
});
