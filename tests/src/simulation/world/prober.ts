/** A simulated prober: it answers checks with what it really sees of the target, late, twice or never where told to. */
import { heartbeatKey, type Check, type Heartbeat, type Vote } from '@quorate/contracts';
import type { DurableLog, LogRecord } from '@quorate/bus';
import { SimulatedHost, type Random, type SimulatedCluster } from '@quorate/testing';
import { Recent } from '../host/recent.ts';
import type { Conditions } from './conditions.ts';
import type { Ledger } from './ledger.ts';
import type { Truth } from './truth.ts';
import { voteOf, type Seen } from './votes.ts';

/** Twice this is well below the time after which a region counts as silent. */
const heartbeatMs = 4_000;
const appendTriesMax = 6;
const appendAgainMs = 1_000;
const latestVoteMs = 25_000;

export interface ProberSettings {
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly truth: Truth;
  readonly random: Random;
  readonly skewMsMax: number;
  readonly region: string;
  readonly index: number;
  readonly conditions: Conditions;
}

const seenUp: Seen = { outcome: 'up', reason: null, message: null };
const seenRefused: Seen = { outcome: 'down', reason: 'connect.refused', message: 'connection refused' };
const seenSilent: Seen = { outcome: 'down', reason: 'timeout.total', message: 'no answer within the deadline' };
const missed: Seen = { outcome: 'abstain', reason: 'prober.missed', message: 'picked up after its deadline' };
const isolated: Seen = { outcome: 'abstain', reason: 'prober.isolated', message: 'this region reaches nothing' };

/** Read once for all regions that it asks. */
const checks = new Recent<LogRecord, Check>();

function checkOf(record: LogRecord, value: string): Check {
  const known = checks.get(record);
  if (known !== undefined) return known;
  const check = JSON.parse(value) as Check;
  checks.set(record, check);
  return check;
}

export class SimulatedProber {
  readonly #settings: ProberSettings;
  readonly #identity: { readonly region: string; readonly proberId: string };
  #life: { readonly host: SimulatedHost; readonly log: DurableLog } | null = null;

  constructor(settings: ProberSettings) {
    this.#settings = settings;
    const { region, index } = settings;
    this.#identity = { region, proberId: `${region}-${index}` };
    this.start();
  }

  start(): void {
    if (this.#life !== null) return;
    const { cluster, random, skewMsMax, region, index } = this.#settings;
    // Its network is its region's.
    const host = new SimulatedHost(`${region}-${index}`, cluster.time, random.between(-skewMsMax, skewMsMax));
    const log = cluster.open(host);
    this.#life = { host, log };
    host.run(() => {
      log.follow(['checks', 'confirmations', 'manual-checks'], 'now', (records) => {
        for (const record of records) this.#perform(record);
      });
      this.#beat();
    });
  }

  kill(): void {
    this.#life?.host.kill();
    this.#life = null;
  }

  freeze(): void {
    this.#life?.host.freeze();
  }

  thaw(): void {
    this.#life?.host.thaw();
  }

  #beat(): void {
    const life = this.#life;
    if (life === null) return;
    const { host, log } = life;
    const value: Heartbeat = {
      v: 1,
      ...this.#identity,
      version: '1.0.0',
      startedAt: 0,
      at: Math.max(0, host.now()),
      state: 'running',
      isolated: false,
    };
    const record = { topic: 'heartbeats', partition: 0, key: heartbeatKey(value), value: JSON.stringify(value) };
    log.append([record]).catch(() => undefined);
    host.after(heartbeatMs, () => this.#beat());
  }

  #perform(record: LogRecord): void {
    const { value, appendedAt, partition } = record;
    if (value === null || this.#life === null) return;
    const check = checkOf(record, value);
    if (!check.expectedRegions.includes(this.#identity.region)) return;
    const { host, log } = this.#life;
    const { random, truth, cluster } = this.#settings;
    if (log.now() > appendedAt + check.timeoutMs) {
      this.#vote(check, partition, missed);
      return;
    }
    const now = cluster.time.now;
    const blindness = truth.blindnessOf(this.#identity.region, now);
    const symptom = truth.saidOf(check.monitorId, this.#identity.region, now);
    const seen = symptom === null ? seenUp : symptom === 'refused' ? seenRefused : seenSilent;
    const quickMs = Math.min(check.timeoutMs, random.between(5, 400));
    const isKnownBlind = blindness?.knows === true;
    host.after(seen === seenSilent ? check.timeoutMs : quickMs, () => {
      this.#vote(check, partition, isKnownBlind ? isolated : seen);
    });
  }

  /** Hands the vote in, unless this region's votes are bad just now. */
  #vote(check: Check, partition: number, seen: Seen): void {
    const { random, ledger, cluster, conditions, region } = this.#settings;
    const vote = voteOf(check, this.#identity, seen);
    const now = cluster.time.now;
    if (!conditions.areVotesBad(region)) {
      this.#append(partition, vote);
      return;
    }
    const count = (kind: string) => ledger.count(kind, now, `${region} ${check.monitorId.slice(0, 8)} ${check.dueAt}`);
    const lot = random.unit();
    if (lot < 0.2) count('vote lost');
    else if (lot < 0.4) {
      count('vote doubled');
      this.#append(partition, vote);
      this.#life?.host.after(random.between(0, latestVoteMs), () => this.#append(partition, vote));
    } else if (lot < 0.6) {
      count('vote late');
      this.#life?.host.after(random.between(0, latestVoteMs), () => this.#append(partition, vote));
    } else if (lot < 0.7) {
      count('abstention');
      this.#append(partition, voteOf(check, this.#identity, isolated));
    } else this.#append(partition, vote);
  }

  #append(partition: number, vote: Vote, triesLeft = appendTriesMax): void {
    const life = this.#life;
    if (life === null) return;
    const record = { topic: 'votes', partition, key: vote.monitorId, value: JSON.stringify(vote) };
    life.log.append([record]).catch(() => {
      if (triesLeft > 1) life.host.after(appendAgainMs, () => this.#append(partition, vote, triesLeft - 1));
    });
  }
}
