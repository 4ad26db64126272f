/** Plays the life of one monitor through `decide`, for the specs: rounds are words such as `ddu`, time is told. */
import {
  monitorRecordSchema,
  probeOf,
  type Alert,
  type CertificateFacts,
  type Check,
  type Decision,
  type Instant,
  type MonitorRecord,
  type MonitorState,
  type RoundClosed,
  type Vote,
} from '@quorate/contracts';
import { decide, nextDueAt, type Input } from './decide.ts';
import type { Effect } from './effect.ts';
import { emptyMemory, restoreMemory, type Context, type Memory } from './memory.ts';
import type { Position } from './vote-window.ts';

export const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
export const startedAt: Instant = 1_800_000_000_000;

/** The letters of a round's word, one a region: what it votes, or `-` for nothing. */
const outcomes: Readonly<Record<string, Vote['outcome']>> = { d: 'down', u: 'up', a: 'abstain' };

export interface Cast {
  readonly round: Position;
  readonly region: string;
  readonly outcome: Vote['outcome'];
  readonly monitorVersion?: number;
  readonly certificate?: CertificateFacts | null;
}

export function voteOf({ round, region, outcome, monitorVersion = 1, certificate = null }: Cast): Vote {
  const phases = { dnsMs: 1, connectMs: 1, tlsMs: null, ttfbMs: 1, transferMs: 0, totalMs: 3 };
  return {
    v: 1,
    monitorId,
    monitorVersion,
    dueAt: round.dueAt,
    kind: round.kind,
    region,
    proberId: `${region}-1`,
    outcome,
    reason: outcome === 'down' ? 'connect.refused' : null,
    message: outcome === 'down' ? 'connection refused' : null,
    startedAt: round.dueAt,
    phases,
    statusCode: null,
    address: null,
    connection: 'fresh',
    certificate,
    excerpt: null,
    redirects: 0,
  };
}

export interface Scene {
  readonly regions?: readonly string[];
  readonly registered?: readonly string[];
  readonly decision?: Partial<Decision>;
  readonly settings?: { readonly type?: string; readonly [name: string]: unknown };
}

interface Journaled {
  readonly input: Extract<Input, { kind: 'check' | 'vote' }>;
  readonly at: Instant;
}

export class Rehearsal {
  now = startedAt;
  caughtUp = true;
  /** Where the streams cannot be read; null: all that was written by now was taken in. */
  heardUntil: number | null = null;
  memory: Memory = emptyMemory(monitorId);
  monitor: MonitorRecord;
  /** The regions that are live, and those that are registered. */
  regions: readonly string[];
  registered: readonly string[];
  quarantined: ReadonlySet<string> = new Set();
  underMaintenance = false;
  /** What each region sees of the target's certificate. */
  certificates: Readonly<Record<string, CertificateFacts>> = {};
  readonly effects: Effect[] = [];
  /** What the streams hold, for a successor to read again. */
  readonly journal: Journaled[] = [];

  constructor({ regions = ['eu', 'us', 'ap'], registered = regions, decision = {}, settings = {} }: Scene = {}) {
    this.regions = regions;
    this.registered = registered;
    const identity = { v: 1, id: monitorId, version: 1, paused: false, createdAt: startedAt, changedAt: startedAt };
    const probe = settings.type !== undefined ? {} : { type: 'http', http: { url: 'https://shop.example.com/' } };
    const common = { checkAtOnce: true, name: 'Shop', decision };
    this.monitor = monitorRecordSchema.parse({ ...identity, ...common, ...probe, ...settings });
    this.take({ kind: 'monitor', monitor: this.monitor });
  }

  get context(): Context {
    const regionsOf = () => ({ expectedRegions: this.regions, registeredRegions: this.registered });
    const isUnderMaintenance = () => this.underMaintenance;
    const { now, caughtUp, quarantined } = this;
    const heardUntil = this.heardUntil ?? now;
    return { now, caughtUp, heardUntil, quarantined, isUnderMaintenance, regionsOf };
  }

  get state(): MonitorState {
    if (this.memory.state === null) throw new Error('The monitor has no state.');
    return this.memory.state;
  }

  get status(): string {
    return this.state.status;
  }

  get alerts(): Alert[] {
    return this.effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.alert] : []));
  }

  /** Transitions and their sequence, as `opened:0`. */
  get told(): string[] {
    return this.alerts.map(({ transition, sequence }) => `${transition}:${sequence}`);
  }

  get closed(): RoundClosed[] {
    return this.effects.flatMap((effect) => (effect.kind === 'round-closed' ? [effect.record] : []));
  }

  get verdicts(): string[] {
    return this.closed.map(({ verdict }) => verdict);
  }

  get statuses(): string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'status-changed' ? [effect.record.status] : []));
  }

  get confirmations(): Check[] {
    return this.effects.flatMap((effect) => (effect.kind === 'confirmation' ? [effect.check] : []));
  }

  get lateVotes(): string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'late-vote' ? [effect.record.vote.region] : []));
  }

  take(input: Input): void {
    const decided = decide(this.memory, input, this.context);
    this.memory = decided.memory;
    this.effects.push(...decided.effects);
  }

  /** Hears that the monitor was deleted, and ends the step. */
  delete(): void {
    this.take({ kind: 'monitor-deleted' });
    this.take({ kind: 'tick' });
  }

  hear(input: Journaled['input']): void {
    this.journal.push({ input, at: this.now });
    this.take(input);
  }

  /** Lets time pass, waking whatever falls due on the way. */
  passTo(until: Instant): void {
    for (let dueAt = nextDueAt(this.memory); dueAt !== null && dueAt <= until; dueAt = nextDueAt(this.memory)) {
      if (dueAt < this.now) break;
      this.now = dueAt;
      this.take({ kind: 'tick' });
      if (nextDueAt(this.memory) === dueAt) break;
    }
    this.now = until;
    this.take({ kind: 'tick' });
  }

  pass(ms: number): void {
    this.passTo(this.now + ms);
  }

  checkOf({ dueAt, kind }: Position, changes: Partial<Check> = {}): Check {
    return {
      v: 1,
      monitorId,
      monitorVersion: this.monitor.version,
      dueAt,
      kind,
      expectedRegions: [...this.regions],
      registeredRegions: [...this.registered],
      timeoutMs: this.monitor.timeoutSeconds * 1_000,
      decision: this.monitor.decision,
      missedRoundCount: 0,
      probe: probeOf(this.monitor),
      ...changes,
    };
  }

  announce(round: Position, changes: Partial<Check> = {}): void {
    const traceparent = `trace-of-${round.dueAt}`;
    this.hear({ kind: 'check', check: this.checkOf(round, changes), appendedAt: this.now, traceparent });
  }

  cast(cast: Cast): void {
    const vote = voteOf({ monitorVersion: this.monitor.version, ...cast });
    this.hear({ kind: 'vote', vote, appendedAt: this.now, traceparent: `vote-of-${cast.round.dueAt}` });
  }

  /** The votes of a word, in the order of the regions. */
  castWord(round: Position, word: string): void {
    for (const [index, letter] of [...word].entries()) {
      const outcome = outcomes[letter];
      const region = this.registered[index];
      if (outcome !== undefined && region !== undefined)
        this.cast({ round, region, outcome, certificate: this.certificates[region] ?? null });
    }
  }

  /** A scheduled round due now, with its votes. Its window may stay open. */
  begin(word: string, changes: Partial<Check> = {}): Position {
    const round: Position = { dueAt: this.now, kind: 'scheduled' };
    this.announce(round, changes);
    this.castWord(round, word);
    return round;
  }

  /** A scheduled round from its check to the end of its window; then confirming rounds are not awaited. */
  round(word: string, changes: Partial<Check> = {}): void {
    const { dueAt } = this.begin(word, changes);
    if (this.memory.windows.some((window) => window.dueAt === dueAt))
      this.pass(this.monitor.timeoutSeconds * 1_000 + 2_000);
    else this.pass(1);
  }

  /** Waits for the next confirming round and answers it. */
  confirm(word: string): void {
    const before = this.confirmations.length;
    this.pass(this.monitor.decision.confirmIntervalSeconds * 1_000);
    const check = this.confirmations[before];
    if (check === undefined) throw new Error('No confirming round was asked for.');
    this.castWord(check, word);
    if (word.includes('-')) this.pass(this.monitor.timeoutSeconds * 1_000 + 2_000);
  }

  edit(changes: Readonly<Record<string, unknown>>): void {
    const { version } = this.monitor;
    this.monitor = monitorRecordSchema.parse({
      ...this.monitor,
      ...changes,
      version: version + 1,
      changedAt: this.now,
    });
    this.take({ kind: 'monitor', monitor: this.monitor });
  }

  maintain(isOn: boolean): void {
    this.underMaintenance = isOn;
    this.take({ kind: 'tick' });
  }

  /** A successor with the state as it was written, which reads the streams again from the beginning, in some order. */
  restart(first: 'as-heard' | 'check' | 'vote' = 'as-heard'): void {
    const now = this.now;
    this.memory = restoreMemory(this.state);
    this.caughtUp = false;
    this.take({ kind: 'monitor', monitor: this.monitor });
    const isFirst = ({ kind }: Input) => first === 'as-heard' || kind === first;
    for (const { input } of this.journal) if (isFirst(input)) this.take(input);
    for (const { input } of this.journal) if (!isFirst(input)) this.take(input);
    this.caughtUp = true;
    this.now = now;
    this.take({ kind: 'tick' });
  }
}

/** A monitor that one confirming round has found down. */
export function downNow(settings: Readonly<Record<string, unknown>> = {}): Rehearsal {
  const rehearsal = new Rehearsal({ decision: { confirmations: 1 }, settings });
  rehearsal.round('ddu');
  return rehearsal;
}
