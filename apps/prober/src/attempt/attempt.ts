/**
 * One look at a target: the one deadline over everything that it does, the time of each phase, and what it has seen so
 * far. Every wait of a probe goes through here, so nothing can outlast the deadline or a stop of the prober.
 */
import type { CertificateFacts, Evidence, Instant } from '@quorate/contracts';
import { Failure } from './failure.ts';
import { Stopwatch, type Phase } from './stopwatch.ts';
import { underWayBy, type Timed, type UnderWay } from './under-way.ts';

export interface AttemptSettings {
  readonly startedAt: Instant;
  readonly timeoutMs: number;
  /** Aborted when the prober stops. */
  readonly signal: AbortSignal;
  /** When to be told that it takes long. */
  readonly doubt?: Doubt | null;
}

/** Told once, where the attempt is still under way when so much of its time has passed. */
export interface Doubt {
  readonly afterMs: number;
  doubted(attempt: Attempt): void;
}

/** Something that waits for I/O, and hears of it when the deadline or a stop of the prober comes first. */
export interface Waiter {
  interrupted(failure: Failure): void;
}

/** Starts some I/O that calls `done` when it has ended, and returns what gives it up. */
export type Begin<Value> = (done: (value: Value | Failure) => void) => () => void;

/** A phase is to blame for a time-out when it took at least this share of the time. */
const blameShare = 0.5;

/** How long the prober may keep a target waiting by its own doing; after that it has missed the check. */
const heldMsMax = 600;

const timeouts = {
  auth: { reason: 'auth.timeout', doing: 'waiting for an access token of the token endpoint' },
  dns: { reason: 'timeout.dns', doing: 'looking up the name' },
  connect: { reason: 'timeout.connect', doing: 'connecting' },
  tls: { reason: 'timeout.tls', doing: 'in the TLS handshake' },
  ttfb: { reason: 'timeout.response', doing: 'waiting for an answer' },
  transfer: { reason: 'timeout.total', doing: 'receiving the answer' },
} as const;

const tooBusy = (): Failure =>
  new Failure('prober.missed', `the prober was too busy to go on with the check within ${heldMsMax} ms`);

export class Attempt implements Timed {
  readonly startedAt: Instant;
  readonly timeoutMs: number;
  address: string | null = null;
  statusCode: number | null = null;
  certificate: CertificateFacts | null = null;
  connection: Evidence['connection'] = 'fresh';
  redirects = 0;
  /** What only probes of one type tell. */
  readonly facts: { -readonly [Fact in 'ping' | 'domain']?: NonNullable<Evidence[Fact]> } = {};

  readonly #stopwatch: Stopwatch;
  #endsAt: number;
  /** Since when the prober keeps the target waiting. */
  #heldSince: number | null = null;
  readonly #underWay: UnderWay;
  /** Where it is found among what is under way. */
  #span: number;
  #doubt: Doubt | null;
  #over: Failure | null = null;
  #isFinished = false;
  #waiter: Waiter | null = null;

  constructor({ startedAt, timeoutMs, signal, doubt = null }: AttemptSettings) {
    const now = performance.now();
    this.startedAt = startedAt;
    this.timeoutMs = timeoutMs;
    this.#stopwatch = new Stopwatch(now);
    this.#endsAt = now + timeoutMs;
    this.#doubt = doubt;
    this.#underWay = underWayBy(signal);
    this.#span = this.#underWay.add(this, now + (doubt?.afterMs ?? timeoutMs));
    if (signal.aborted) this.stop();
  }

  get isOver(): boolean {
    return this.#over !== null;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get phases(): Evidence['phases'] {
    return this.#stopwatch.read();
  }

  get totalMs(): number {
    return this.#stopwatch.totalMs;
  }

  /** Of waiting for an access token. */
  get authMs(): number {
    return this.#stopwatch.elapsedMs('auth');
  }

  enter(phase: Phase): void {
    this.#stopwatch.enter(phase);
  }

  /** Resolves with what `begin` ends with, or the failure that the deadline or a stop makes of it. Never rejects. */
  async wait<Value>(phase: Phase, begin: Begin<Value>): Promise<Value | Failure> {
    return await new Promise<Value | Failure>((resolve) => {
      let giveUp: (() => void) | null = null;
      const waiter: Waiter = {
        interrupted: (failure) => {
          giveUp?.();
          resolve(failure);
        },
      };
      if (!this.beginWait(phase, waiter)) return;
      giveUp = begin((value) => {
        if (this.endWait(waiter)) resolve(value);
      });
    });
  }

  /** Interrupts the waiter at once, and returns false, where the attempt is over already. */
  beginWait(phase: Phase, waiter: Waiter): boolean {
    this.enter(phase);
    if (this.#over === null) this.#waiter = waiter;
    else waiter.interrupted(this.#over);
    return this.#over === null;
  }

  /** Whether the waiter got what it waited for: it had neither been interrupted nor ended its wait. */
  endWait(waiter: Waiter): boolean {
    if (this.#waiter !== waiter) return false;
    this.#waiter = null;
    this.#stopwatch.charge();
    return true;
  }

  /** Ends the wait that is on, if one is, with what made it vain; the attempt itself goes on. */
  breakOff(failure: Failure): void {
    const waiter = this.#waiter;
    if (waiter !== null && this.endWait(waiter)) waiter.interrupted(failure);
  }

  /** From here on the prober keeps the target waiting: no phase is charged with it, and the deadline moves by it. */
  hold(): void {
    this.#stopwatch.charge();
    this.#heldSince = performance.now();
  }

  /** Ends what `hold` began. */
  goOn(): void {
    if (this.#heldSince === null) return;
    this.#endsAt += performance.now() - this.#heldSince;
    this.#heldSince = null;
    this.#stopwatch.pass();
  }

  /** Stops the clock, for good. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#over === null) this.#stopwatch.charge();
    this.#underWay.remove(this, this.#span);
  }

  /** What it had not ended, it cannot judge. */
  stop(): void {
    this.#end(new Failure('prober.missed', 'the prober was stopped before the probe had ended'));
  }

  #end(failure: Failure): void {
    if (this.#over !== null) return;
    this.#over = failure;
    const waiter = this.#waiter;
    this.#waiter = null;
    this.#stopwatch.charge();
    waiter?.interrupted(failure);
  }

  timeHasCome(): void {
    if (this.#isFinished || this.#over !== null) return;
    const doubt = this.#doubt;
    const endsAt = this.#heldSince === null ? this.#endsAt : this.#heldSince + heldMsMax;
    if (doubt === null && performance.now() >= endsAt) {
      this.#end(this.#heldSince === null ? this.#timedOut() : tooBusy());
      return;
    }
    this.#doubt = null;
    this.#span = this.#underWay.add(this, endsAt);
    doubt?.doubted(this);
  }

  #timedOut(): Failure {
    this.#stopwatch.charge();
    const seconds = Number((this.timeoutMs / 1_000).toPrecision(2));
    const phase = this.#stopwatch.phase ?? 'dns';
    const { reason, doing } = timeouts[phase];
    const isToBlame = this.#stopwatch.elapsedMs(phase) >= this.timeoutMs * blameShare;
    if (isToBlame) return new Failure(reason, `timed out after ${seconds} s, ${doing}`);
    return new Failure('timeout.total', `took longer than ${seconds} s altogether, and was still ${doing}`);
  }
}
