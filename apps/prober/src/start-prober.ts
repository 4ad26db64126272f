/** Starts a prober: one process' share of one region's votes. */
import { setMaxListeners } from 'node:events';
import { hostPartitionTasks, PartitionTaskStrategy, type DurableLog } from '@quorate/bus';
import type { RunningService, SecretBox } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { HeartbeatLoop } from './heartbeat.loop.ts';
import { createSurroundings, type ProbeSurroundings, type SurroundingsSettings } from './probes/surroundings.ts';
import { ProberModule } from './prober.module.ts';
import { BallotBox } from './voting/ballot-box.ts';
import { CheckPerformer } from './voting/check-performer.ts';
import { PendingOffsets } from './voting/pending-offsets.ts';
import { ProbeQueue, probeQueueLimitsDefault, type ProbeQueueLimits } from './voting/probe-queue.ts';
import { SelfJudgement, type SelfJudgementSettings } from './voting/self-judgement.ts';
import { VoteOutbox } from './voting/vote-outbox.ts';

/** How long checks gather before they are taken: a confirming round is waited for. */
const gatherMs = 20;
/** How long the position of a vote that is durable may wait to be written where no check arrives. */
const restMs = 240;
/** How long an orderly end waits for the votes that are on their way. */
const closeMs = 3_000;

type SelfJudgementDependencies = Pick<SelfJudgementSettings, 'canaries' | 'timings'>;

export interface ProberDependencies extends Omit<SurroundingsSettings, 'signal'>, SelfJudgementDependencies {
  readonly log: DurableLog;
  readonly logger: Logger;
  /** Names this process among the region's probers. */
  readonly proberId: string;
  readonly secretBox: SecretBox;
  readonly limits?: ProbeQueueLimits;
}

class Prober implements RunningService {
  readonly name: string;
  readonly #stop = new AbortController();
  readonly #surroundings: ProbeSurroundings;
  readonly #selfJudgement: SelfJudgement;
  readonly #outbox: VoteOutbox;
  readonly #ballotBox: BallotBox;
  readonly #heartbeats: HeartbeatLoop;
  readonly #strategy: PartitionTaskStrategy<PendingOffsets>;
  #leave: () => Promise<void> = () => Promise.resolve();

  constructor(dependencies: ProberDependencies) {
    const { log, logger, region, proberId, version, secretBox } = dependencies;
    const voter = { region, proberId };
    this.name = `prober.${region}`;
    setMaxListeners(0, this.#stop.signal);
    this.#surroundings = createSurroundings({ ...dependencies, signal: this.#stop.signal });
    this.#selfJudgement = new SelfJudgement({ ...dependencies, surroundings: this.#surroundings });
    this.#outbox = new VoteOutbox(log, logger);
    this.#ballotBox = new BallotBox({
      voter,
      queue: new ProbeQueue(dependencies.limits ?? probeQueueLimitsDefault),
      performer: new CheckPerformer({
        surroundings: this.#surroundings,
        secretBox,
        selfJudgement: this.#selfJudgement,
        logger,
        now: () => log.now(),
      }),
      outbox: this.#outbox,
    });
    const isIsolated = (): boolean => this.#selfJudgement.isIsolated;
    this.#heartbeats = new HeartbeatLoop({ log, logger, voter, version, isIsolated });
    this.#strategy = new PartitionTaskStrategy<PendingOffsets>({
      log,
      service: 'prober',
      group: this.name,
      tables: [],
      streams: ['checks', 'confirmations', 'manual-checks'],
      stateTopic: null,
      guarantee: 'at-least-once',
      gatherMs,
      restMs,
      createState: () => new PendingOffsets(),
    });
  }

  async start(): Promise<void> {
    const application = await hostPartitionTasks(ProberModule.with(this.#ballotBox), this.#strategy);
    this.#leave = () => application.close();
    await this.#heartbeats.start();
  }

  health(): ReturnType<RunningService['health']> {
    const { ready, partitions } = this.#strategy;
    if (!ready) return { ready, detail: 'waits for its share of the checks' };
    if (!this.#heartbeats.isHeard) return { ready: false, detail: 'waits for the log to take its heartbeat' };
    if (this.#selfJudgement.isIsolated) {
      return { ready, detail: `holds itself cut off and abstains on ${partitions.length} partitions` };
    }
    return { ready, detail: `votes on ${partitions.length} partitions` };
  }

  /** Aborts what is under way, which then abstains, and says goodbye. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#ballotBox.close();
    await this.#outbox.close(closeMs);
    await this.#heartbeats.stop();
    await this.#leave();
    this.#selfJudgement.close();
    this.#surroundings.kept.closeAll();
  }
}

/** Resolves once the region's group is joined and the first heartbeat was tried. */
export async function startProber(dependencies: ProberDependencies): Promise<RunningService> {
  const prober = new Prober(dependencies);
  await prober.start();
  return prober;
}
