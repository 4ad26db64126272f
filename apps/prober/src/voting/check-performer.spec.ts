import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decisionSchema, probeSchema, type Check, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { SecretBox } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { answering, startRawServer, type RawServer } from '@quorate/testing';
import { createSurroundings, type ProbeSurroundings } from '../probes/surroundings.ts';
import { CheckPerformer } from './check-performer.ts';
import { SelfJudgement } from './self-judgement.ts';

const announcedAt = 1_800_000_000_000;

let stop: AbortController;
let surroundings: ProbeSurroundings;
let selfJudgement: SelfJudgement;
let server: RawServer;

beforeEach(async () => {
  stop = new AbortController();
  const guard = new AddressGuard(allowLoopback);
  surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
  selfJudgement = new SelfJudgement({ region: 'eu', canaries: ['none'], surroundings, logger: silentLogger });
  server = await startRawServer(answering([], 'silence'));
});
afterEach(async () => {
  stop.abort();
  selfJudgement.close();
  await server.close();
});

/**
 * Performs a check of a silent target, `lateMs` after it was announced; the log's clock steps by `stepMs` meanwhile.
 */
async function perform(lateMs: number, changes: Partial<Check> = {}, stepMs = 0): Promise<Evidence> {
  const times = [announcedAt + lateMs];
  const performer = new CheckPerformer({
    surroundings,
    secretBox: new SecretBox(Buffer.alloc(32)),
    selfJudgement,
    logger: silentLogger,
    now: () => times.shift() ?? announcedAt + lateMs + stepMs,
  });
  const check: Check = {
    v: 1,
    monitorId: '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f',
    monitorVersion: 1,
    dueAt: announcedAt,
    kind: 'scheduled',
    expectedRegions: ['eu'],
    registeredRegions: ['eu'],
    timeoutMs: 1_200,
    decision: decisionSchema.parse({}),
    missedRoundCount: 0,
    probe: probeSchema.parse({ type: 'http', http: { url: `http://127.0.0.1:${server.port}/` } }),
    ...changes,
  };
  return await performer.perform(check, announcedAt);
}

describe('a check', () => {
  it('that is taken in time waits as long as its monitor says', async () => {
    const { reason, phases } = await perform(20, { timeoutMs: 300 });
    // A machine that is too busy to let it run takes the blame from the target, and nothing from the wait.
    expect(['timeout.response', 'prober.stalled']).toContain(reason);
    expect(phases.totalMs).toBeGreaterThan(290);
  });

  it('that is taken late ends before its round does, and blames no target for a time-out', async () => {
    const evidence = await perform(1_200);
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
    expect(evidence.phases.totalMs).toBeLessThan(1_200);
  });

  it('that is taken late still sees what can be seen at once', async () => {
    await server.close();
    expect(await perform(1_200)).toMatchObject({ outcome: 'down', reason: 'connect.refused' });
  });

  it('that is taken past its deadline is not performed at all', async () => {
    expect(await perform(1_201)).toMatchObject({
      outcome: 'abstain',
      reason: 'prober.missed',
      startedAt: announcedAt + 1_201,
    });
    expect(server.connectionCount).toBe(0);
  });

  it.each([-3_600_000, 3_600_000])('is judged by the time that passed where the clock steps %d ms', async (stepMs) => {
    const evidence = await perform(20, { timeoutMs: 300 }, stepMs);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response', startedAt: announcedAt + 20 });
    expect(evidence.phases.totalMs).toBeLessThan(600);
  });

  it('that the prober itself fails at is no word against the target', async () => {
    const probe = probeSchema.parse({
      type: 'http',
      http: { url: `http://127.0.0.1:${server.port}/`, auth: { type: 'bearer', token: 'sealed:v1:nonsense' } },
    });
    const evidence = await perform(0, { probe });
    expect(evidence).toMatchObject({ outcome: 'abstain', reason: 'prober.internal' });
    expect(evidence.message).toContain('QUORATE_SECRET_KEY');
  });
});
