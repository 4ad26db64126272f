/** Exactly-once under faults, counted against a known truth on a real Kafka, with each member a process of its own. */
import { kafkaAvailability, type KafkaCluster, sharedKafka, startKafka } from '@quorate/kafka-broker';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppendStorm } from './append-storm.stage.ts';
import { Trial } from './faults-trial.stage.ts';

const suite = sharedKafka().available ? describe : describe.skip;
const { brokers, silenceMsMin } = sharedKafka();
const shared = { brokers, sessionMsMax: silenceMsMin + 2_000 };
const ownSuite = kafkaAvailability().available ? describe : describe.skip;
/** Generous: what is judged is the count, on a machine that may be busy with other suites. */
const trialMsMax = 300_000;
const allWell = { missing: [], doubled: [], miscounted: [] };
const frozenMs = shared.sessionMsMax + 1_500;
/** For the brokers that are started here. */
const ownSessionMsMax = 3_000;

/** How long partitions stood still, for people to read. */
const pauses: Record<string, number> = {};
afterAll(() => void process.stdout.write(`Partitions stood still for (ms): ${JSON.stringify(pauses)}\n`));

/** A pseudo-random number from 0 to 1 for each call, the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let trial: Trial | null = null;
afterEach(async () => {
  await trial?.end();
  trial = null;
});

suite('exactly-once tasks', () => {
  it(
    'go on when members join and leave',
    async () => {
      trial = await Trial.begin(shared, 'joining');
      const first = await trial.worker().ready();
      await trial.feed();
      await trial.worker().ready();
      await trial.recovered();
      pauses['a second member joined'] = trial.takePauseMs();
      await Promise.all([trial.worker().ready(), trial.worker().ready()]);
      await trial.recovered();
      pauses['two more joined at once'] = trial.takePauseMs();
      first.signal('SIGTERM');
      expect(await first.exited()).toBe(0);
      await trial.recovered();
      pauses['one left'] = trial.takePauseMs();
      expect(await trial.verdict()).toEqual(allWell);
    },
    trialMsMax,
  );

  it(
    'survive kills at any instant; a static member that is started again takes its own place',
    async () => {
      const random = seeded(7);
      trial = await Trial.begin(shared, 'killing');
      await trial.worker('steady').ready();
      let victim = await trial.worker('victim').ready();
      await trial.feed();
      for (let kill = 0; kill < 6; kill++) {
        await sleep(200 + 600 * random());
        await victim.kill();
        victim = await trial.worker('victim').ready();
      }
      await trial.recovered();
      pauses['killed and started again at once'] = trial.takePauseMs();
      expect(await trial.verdict()).toEqual(allWell);
    },
    trialMsMax,
  );

  it(
    'of a member frozen past its session are taken over, and its late transactions refused',
    async () => {
      trial = await Trial.begin(shared, 'freezing');
      await trial.worker().ready();
      const frozen = await trial.worker().ready();
      await trial.feed();
      frozen.signal('SIGSTOP');
      await sleep(frozenMs);
      await trial.recovered();
      pauses['frozen'] = trial.takePauseMs();
      frozen.signal('SIGCONT');
      await sleep(1_000);
      await trial.recovered();
      pauses['thawed'] = trial.takePauseMs();
      expect(await trial.verdict()).toEqual(allWell);
    },
    trialMsMax,
  );

  it(
    'end when another process joins under the same instance',
    async () => {
      trial = await Trial.begin(shared, 'duplicate');
      const first = await trial.worker('same').ready();
      await trial.worker('same').ready();
      expect(await first.exited()).toBe(3);
      expect(first.errors).toMatch(/fatal .* instance same/);
    },
    trialMsMax,
  );
});

ownSuite('exactly-once tasks on brokers that fail', () => {
  let cluster: KafkaCluster;
  const start = async (brokers: 1 | 3) => {
    cluster = await startKafka({ brokers });
    trial = await Trial.begin({ brokers: cluster.brokers, sessionMsMax: ownSessionMsMax }, 'brokers');
    await Promise.all([trial.worker().ready(), trial.worker().ready()]);
    await trial.feed();
    return trial;
  };
  afterEach(async () => {
    await trial?.end();
    trial = null;
    await cluster.stop();
  });

  it(
    'go on when the only broker was killed and is back',
    async () => {
      const running = await start(1);
      await cluster.kill(0);
      await cluster.restart(0);
      await running.recovered();
      pauses['only broker killed'] = running.takePauseMs();
      expect(await running.verdict()).toEqual(allWell);
    },
    trialMsMax,
  );

  it(
    'go on when one of three brokers is killed and comes back, while every acknowledged append is there once',
    async () => {
      const running = await start(3);
      const storm = new AppendStorm(running.log, `storm-${Date.now()}`);
      await storm.begin();
      await cluster.kill(1);
      await running.recovered();
      pauses['one of three brokers killed'] = running.takePauseMs();
      await cluster.restart(1);
      await running.recovered();
      pauses['and back'] = running.takePauseMs();
      const { appendedCount, ...wrong } = await storm.verdict();
      expect(appendedCount).toBeGreaterThan(1_000);
      expect(wrong).toEqual({ lost: [], doubled: [], unknown: [] });
      expect(await running.verdict()).toEqual(allWell);
    },
    trialMsMax,
  );
});
