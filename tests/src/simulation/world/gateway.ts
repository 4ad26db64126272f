/**
 * The simulated gateway: it takes the pings of jobs to the log, and is the one voter of their monitors. What it says of
 * a job is the product's own judgement.
 */
import {
  gatewayRegion,
  monitorIdOfPing,
  partitionOf,
  pingKey,
  type Check,
  type HeartbeatProbe,
  type Ping,
} from '@quorate/contracts';
import type { DurableLog, LogRecord, OutgoingRecord } from '@quorate/bus';
import { judgeHeartbeat, type HeardOfJob } from '@quorate/schedule';
import { SimulatedHost, type SimulatedCluster } from '@quorate/testing';
import type { JobScript, Scenario } from './scenario.ts';
import { voteOf } from './votes.ts';

const appendAgainMs = 1_000;
const appendTriesMax = 30;
/** A ping that was taken before a check was written is read by then. */
const readMs = 100;

const unheard: HeardOfJob = { awaitedAt: null, startedAt: null, end: null };

export class SimulatedGateway {
  readonly #cluster: SimulatedCluster;
  readonly #partitionCount: number;
  readonly #host: SimulatedHost;
  readonly #log: DurableLog;
  readonly #heard = new Map<string, HeardOfJob>();

  constructor(cluster: SimulatedCluster, { jobs, partitionCount }: Pick<Scenario, 'jobs' | 'partitionCount'>) {
    this.#cluster = cluster;
    this.#partitionCount = partitionCount;
    this.#host = new SimulatedHost(`${gatewayRegion}-0`, cluster.time);
    this.#log = cluster.open(this.#host);
    this.#host.run(() => {
      this.#log.follow(['pings'], 'start', (records) => records.forEach((record) => this.#hear(record)));
      this.#log.follow(['checks', 'confirmations', 'manual-checks'], 'now', (records) => {
        for (const record of records) this.#answer(record);
      });
    });
    for (const job of jobs) this.#play(job);
  }

  #play({ monitorId, pings }: JobScript): void {
    const { time } = this.#cluster;
    for (const { at, failed } of pings) {
      time.after(at - time.now, () => this.#host.run(() => this.#ping(monitorId, failed)));
    }
  }

  #ping(monitorId: string, failed: boolean): void {
    const ping: Ping = { v: 1, monitorId, kind: 'ended', failed, exitCode: failed ? 1 : 0, excerpt: null };
    this.#append({ topic: 'pings', monitorId, key: pingKey(monitorId, 'ended'), value: JSON.stringify(ping) });
  }

  #hear({ key, value, appendedAt }: LogRecord): void {
    const ping = JSON.parse(value ?? 'null') as Ping | null;
    const monitorId = monitorIdOfPing(key);
    const job = this.#heard.get(monitorId) ?? unheard;
    if (ping?.kind === 'awaited') this.#heard.set(monitorId, { ...job, awaitedAt: appendedAt });
    if (ping?.kind !== 'ended') return;
    const { failed, exitCode, excerpt } = ping;
    this.#heard.set(monitorId, { ...job, end: { at: appendedAt, failed, exitCode, excerpt, runMs: null } });
  }

  #answer({ value }: LogRecord): void {
    const check = JSON.parse(value ?? 'null') as Check | null;
    if (check?.probe.type !== 'heartbeat') return;
    const { heartbeat } = check.probe;
    this.#host.after(readMs, () => this.#vote(check, heartbeat));
  }

  #vote(check: Check, settings: HeartbeatProbe): void {
    const heard = this.#heard.get(check.monitorId) ?? unheard;
    const judged = judgeHeartbeat({ settings, cron: null, deafnesses: [], heard, now: this.#log.now() });
    const vote = voteOf(check, { region: gatewayRegion, proberId: this.#host.name }, judged);
    this.#append({ topic: 'votes', monitorId: check.monitorId, key: check.monitorId, value: JSON.stringify(vote) });
  }

  #append(told: Omit<OutgoingRecord, 'partition'> & { readonly monitorId: string }, triesLeft = appendTriesMax): void {
    const { monitorId, ...record } = told;
    const partition = partitionOf(monitorId, this.#partitionCount);
    this.#log.append([{ ...record, partition }]).catch(() => {
      if (triesLeft > 1) this.#host.after(appendAgainMs, () => this.#append(told, triesLeft - 1));
    });
  }
}
