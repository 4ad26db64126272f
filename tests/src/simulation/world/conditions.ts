/** How the network fares: latencies, requests and answers that are lost, ways that are cut, and traps for processes. */
import type { Instant } from '@quorate/contracts';
import { type NetworkConditions, type Passage, type Random, type SimulatedHost } from '@quorate/testing';
import type { Ledger } from './ledger.ts';
import type { ServiceName, TrapPoint } from './scenario.ts';

/** What becomes of a process that steps into a trap. */
export interface Trap {
  readonly service: ServiceName;
  readonly point: TrapPoint;
  readonly when: 'before' | 'after';
  readonly spring: (host: SimulatedHost) => void;
}

export interface BadNetwork {
  /** Null: that of all services. */
  readonly service: ServiceName | null;
  readonly until: Instant;
}

/** Until the work of a service that was given no answer has begun anew: the longest wait for one, and the restore. */
const standStillMs = 14_000;

const lostShare = 0.06;
const slowShare = 0.25;
const slowMsMax = 4_000;

/** Who only watches has a way of its own: it takes no chance from those whom it watches. */
const witnessLatencyMs = 5;

/** How a task of the aggregator asks for the ends of its streams; its partition follows. */
const aggregatorBegins = 'ends aggregator-';

/** `aggregator-1#2` is the second life of the aggregator's replica 1. */
function serviceOf(host: SimulatedHost): string {
  return host.name.slice(0, host.name.indexOf('-'));
}

function isWitness(host: SimulatedHost): boolean {
  return host.name.startsWith('witness-');
}

export class Conditions implements NetworkConditions {
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #now: () => Instant;
  #traps: Trap[] = [];
  #badNetworks: BadNetwork[] = [];
  #brokersAwayUntil: Instant = 0;
  readonly #cutOffUntil = new Map<string, Instant>();
  readonly #badVotesUntil = new Map<string, Instant>();

  constructor(random: Random, ledger: Ledger, now: () => Instant) {
    this.#random = random;
    this.#ledger = ledger;
    this.#now = now;
  }

  lay(trap: Trap): void {
    this.#traps.push(trap);
  }

  worsen(badNetwork: BadNetwork): void {
    this.#badNetworks.push(badNetwork);
  }

  takeBrokersAway(until: Instant): void {
    this.#brokersAwayUntil = Math.max(this.#brokersAwayUntil, until);
  }

  /** Cuts the processes of a region (or of the API) off from the brokers. */
  cutOff(place: string, until: Instant): void {
    this.#cutOffUntil.set(place, until);
  }

  /** Until then a region's votes are lost, doubled, late or missing at times. */
  spoilVotes(region: string, until: Instant): void {
    this.#badVotesUntil.set(region, until);
  }

  areVotesBad(region: string): boolean {
    return this.#now() < (this.#badVotesUntil.get(region) ?? 0);
  }

  /** The fault is over: nothing lies in wait any more. */
  calm(): void {
    this.#traps = [];
    this.#badNetworks = [];
  }

  passage(host: SimulatedHost, what: string): Passage | null {
    const space = what.indexOf(' ');
    const point = space < 0 ? what : what.slice(0, space);
    if (what.startsWith(aggregatorBegins)) {
      this.#ledger.beginnings.push({ partition: Number(what.slice(aggregatorBegins.length)), at: this.#now() });
    }
    if (isWitness(host)) return { thereMs: witnessLatencyMs, backMs: witnessLatencyMs };
    if (this.springs(host, point, 'before')) return null;
    const after = this.#take(host, point, 'after');
    const times = { thereMs: this.#latencyMs(), backMs: this.#latencyMs() };
    const onHandled = after === null ? {} : { onHandled: () => after.spring(host) };
    if (this.#isCutOff(host)) return { ...times, lost: { what: 'request', reset: this.#random.chance(0.3) } };
    return { ...times, ...this.#accident(host, what), ...onHandled };
  }

  delivery(host: SimulatedHost): number | null {
    if (this.#isCutOff(host)) return null;
    if (isWitness(host)) return witnessLatencyMs;
    return this.#isBad(host) && this.#random.chance(slowShare) ? this.#slowMs() : this.#latencyMs();
  }

  /** Springs a trap that lies here, if there is one. Says whether the process is still there. */
  springs(host: SimulatedHost, point: string, when: Trap['when']): boolean {
    this.#take(host, point, when)?.spring(host);
    return host.isDead;
  }

  #take(host: SimulatedHost, point: string, when: Trap['when']): Trap | null {
    if (this.#traps.length === 0) return null;
    const service = serviceOf(host);
    const index = this.#traps.findIndex(
      (trap) => trap.service === service && trap.point === point && trap.when === when,
    );
    return index < 0 ? null : (this.#traps.splice(index, 1)[0] ?? null);
  }

  #accident(host: SimulatedHost, what: string): Partial<Passage> {
    if (!this.#isBad(host)) return {};
    const lot = this.#random.unit();
    if (lot < lostShare) return this.#lose(host, what, 'request');
    if (lot < 2 * lostShare) return this.#lose(host, what, 'answer');
    if (lot > 1 - slowShare) return { thereMs: this.#slowMs(), backMs: this.#slowMs() };
    return {};
  }

  #lose(host: SimulatedHost, what: string, lost: 'request' | 'answer'): Partial<Passage> {
    const at = this.#now();
    this.#ledger.count(`${lost} lost`, at, `${what} of ${host.name}`);
    const span = { from: at, to: at + standStillMs };
    this.#ledger.disturb({ ...span, whom: serviceOf(host), why: `${lost} lost` });
    return { lost: { what: lost, reset: this.#random.chance(0.5) } };
  }

  #isCutOff(host: SimulatedHost): boolean {
    const now = this.#now();
    return now < this.#brokersAwayUntil || now < (this.#cutOffUntil.get(serviceOf(host)) ?? 0);
  }

  #isBad(host: SimulatedHost): boolean {
    if (this.#badNetworks.length === 0) return false;
    const now = this.#now();
    const service = serviceOf(host);
    return this.#badNetworks.some((bad) => now < bad.until && (bad.service === null || bad.service === service));
  }

  #latencyMs(): number {
    return 1 + Math.floor(this.#random.unit() * 9);
  }

  #slowMs(): number {
    return Math.floor(this.#random.unit() * slowMsMax);
  }
}
