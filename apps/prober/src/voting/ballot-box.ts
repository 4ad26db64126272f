/** From a check that was announced to a vote that is durable, for one region. */
import type { TaskRecord } from '@quorate/bus';
import type { Check, Evidence, Vote } from '@quorate/contracts';
import { metrics } from '@quorate/telemetry';
import { targetHostOf } from '../probes/probe.ts';
import type { CheckPerformer } from './check-performer.ts';
import type { ProbeQueue } from './probe-queue.ts';
import { traceProbe } from './probe-span.ts';
import type { VoteOutbox } from './vote-outbox.ts';

export interface Voter {
  readonly region: string;
  readonly proberId: string;
}

export interface BallotBoxParts {
  readonly voter: Voter;
  readonly queue: ProbeQueue;
  readonly performer: CheckPerformer;
  readonly outbox: VoteOutbox;
}

function voteOf(check: Check, evidence: Evidence, { region, proberId }: Voter): Vote {
  const { monitorId, monitorVersion, dueAt, kind } = check;
  return { ...evidence, v: 1, monitorId, monitorVersion, dueAt, kind, region, proberId };
}

export class BallotBox {
  readonly #parts: BallotBoxParts;
  readonly #underWay = new Set<Promise<void>>();
  #isOpen = true;

  constructor(parts: BallotBoxParts) {
    this.#parts = parts;
  }

  /** Whether this region is asked to vote. Others' checks are no business of ours, and nobody is told so. */
  asks({ expectedRegions }: Check): boolean {
    return expectedRegions.includes(this.#parts.voter.region);
  }

  /** Calls `settled` when the vote is durable; never, once the box is closed: a successor then performs the check. */
  cast(record: TaskRecord<Check>, check: Check, settled: () => void): void {
    if (!this.#isOpen) return;
    const underWay = new Promise<void>((resolve) => {
      this.#parts.queue.add(targetHostOf(check.probe), async () => {
        await this.#vote(record, check, settled);
        resolve();
      });
    });
    this.#underWay.add(underWay);
    void underWay.then(() => this.#underWay.delete(underWay));
  }

  /** Takes no more checks and waits for the votes of those taken. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all(this.#underWay);
  }

  async #vote(record: TaskRecord<Check>, check: Check, settled: () => void): Promise<void> {
    const { voter, performer, outbox } = this.#parts;
    const { region } = voter;
    metrics.probesRunning.add(1, { region });
    const evidence = await performer.perform(check, record.appendedAt);
    metrics.probesRunning.add(-1, { region });
    const { type } = check.probe;
    metrics.probes.add(1, { region, type, outcome: evidence.outcome });
    metrics.probeSeconds.record(evidence.phases.totalMs / 1_000, { region, type });
    if (evidence.certificate?.warning === true) metrics.certificateWarnings.add(1, { region, type });
    const headers = traceProbe({ check, evidence, region, headers: record.headers });
    outbox.add(voteOf(check, evidence, voter), headers, settled);
  }
}
