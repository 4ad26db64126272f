/** Injects the faults of a scenario, each at its time, and notes what it may disturb and for how long. */
import { gatewayRegion, type Instant } from '@quorate/contracts';
import type { SimulatedCluster, SimulatedHost } from '@quorate/testing';
import type { SimulatedApi } from './api.ts';
import type { Conditions } from './conditions.ts';
import type { Fleet, Replica } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import type { SimulatedPagerDuty } from './pagerduty.ts';
import type { SimulatedProber } from './prober.ts';
import { services, type Fault, type Scenario, type ServiceName } from './scenario.ts';
import type { Truth } from './truth.ts';

/** How long a member may be silent in its group; what it owned stands still for so long at most. */
export const sessionMs = 10_000;
/** From the end of a fault until the work goes on: join, rebalance, fence and restore, with a slow network between. */
const recoveryMs = 12_000;
/** A region is heard, and live, so long after it can be reached again. */
const regionRecoveryMs = 16_000;
/** Who has lied tells the truth in a round of each monitor before its vote counts again. */
const trustAgainMs = 45_000;

function untilHeardMsOf({ kind }: Fault): number {
  return kind === 'region lies' ? trustAgainMs : regionRecoveryMs;
}

export interface Cast {
  readonly scenario: Scenario;
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly conditions: Conditions;
  readonly fleet: Fleet;
  readonly probers: ReadonlyMap<string, readonly SimulatedProber[]>;
  readonly pagerDuty: SimulatedPagerDuty;
  readonly truth: Truth;
  readonly api: SimulatedApi;
}

export class Conductor {
  readonly #cast: Cast;
  #guestCount = 0;

  constructor(cast: Cast) {
    this.#cast = cast;
    const { cluster, scenario } = cast;
    for (const fault of scenario.faults) cluster.time.after(fault.at - cluster.time.now, () => this.#inject(fault));
    cluster.time.after(scenario.calmAt - cluster.time.now, () => cast.conditions.calm());
  }

  get #now(): Instant {
    return this.#cast.cluster.time.now;
  }

  #inject(fault: Fault): void {
    if ('replica' in fault) this.#injectReplica(fault);
    else if ('region' in fault) this.#injectRegion(fault);
    else this.#injectElsewhere(fault);
  }

  #injectReplica(fault: Extract<Fault, { replica: number }>): void {
    const replica = this.#cast.fleet.get(fault.service, fault.replica);
    if (replica?.host === undefined || replica.host === null) return;
    switch (fault.kind) {
      case 'kill':
        return this.#kill(replica, fault.downMs);
      case 'freeze':
        return this.#freeze(replica, fault.forMs);
      case 'restart':
        this.#note(fault.kind, replica.name, { whom: fault.service, forMs: recoveryMs });
        return replica.restart();
      case 'clock':
        this.#note(fault.kind, `${replica.name} by ${fault.skewMs} ms`, { whom: fault.service, forMs: recoveryMs });
        return replica.setClock(fault.skewMs);
      default:
        return fault satisfies never;
    }
  }

  #injectRegion(fault: Extract<Fault, { region: string }>): void {
    const { conditions, truth, cluster, probers } = this.#cast;
    const { region, forMs } = fault;
    const [from, to] = [this.#now, this.#now + forMs];
    const ofRegion = probers.get(region) ?? [];
    const disturbed = { whom: `region ${region}`, forMs: forMs + untilHeardMsOf(fault) };
    this.#note(fault.kind, `${region} for ${forMs} ms`, disturbed);
    switch (fault.kind) {
      case 'region cut off':
        return conditions.cutOff(region, to);
      case 'region blind':
        return truth.blind({ region, from, to, knows: fault.knows });
      case 'region lies':
        return truth.lie({ region, from, to, monitorIds: fault.monitorIds });
      case 'prober killed':
        for (const prober of ofRegion) prober.kill();
        return void cluster.time.after(forMs, () => ofRegion.forEach((prober) => prober.start()));
      case 'prober frozen':
        for (const prober of ofRegion) prober.freeze();
        return void cluster.time.after(forMs, () => ofRegion.forEach((prober) => prober.thaw()));
      case 'bad votes':
        return conditions.spoilVotes(region, to);
      default:
        return fault satisfies never;
    }
  }

  #injectElsewhere(fault: Exclude<Fault, { replica: number } | { region: string }>): void {
    const { conditions, pagerDuty, api, cluster } = this.#cast;
    switch (fault.kind) {
      case 'trap':
        return this.#layTrap(fault);
      case 'join and leave':
        return this.#receiveGuest(fault.service, fault.forMs);
      case 'bad network':
        return this.#worsen(fault.service, fault.forMs);
      case 'brokers away':
        // A heartbeat that was under way is waited for until its member's session has ended.
        for (const whom of services) this.#disturb(fault.kind, { whom, forMs: fault.forMs + sessionMs + recoveryMs });
        this.#cast.ledger.count(fault.kind, this.#now, `${fault.forMs} ms`);
        for (const region of [...this.#cast.scenario.regions, gatewayRegion])
          this.#disturb(fault.kind, { whom: `region ${region}`, forMs: fault.forMs + regionRecoveryMs });
        return conditions.takeBrokersAway(this.#now + fault.forMs);
      case 'pagerduty':
        return pagerDuty.be(fault.mood, this.#now + fault.forMs);
      case 'postgres away':
        this.#cast.ledger.count(fault.kind, this.#now, `${fault.forMs} ms`);
        return api.takePostgresAway(this.#now + fault.forMs);
      case 'compaction':
        this.#cast.ledger.count(fault.kind, this.#now, '');
        return cluster.broker.compact();
      default:
        return fault satisfies never;
    }
  }

  /** What is slow disturbs all the while; what is lost is noted as it is. */
  #worsen(service: ServiceName | null, forMs: number): void {
    this.#cast.ledger.count('bad network', this.#now, `${service ?? 'all'} for ${forMs} ms`);
    for (const whom of service === null ? services : [service])
      this.#disturb('bad network', { whom, forMs: forMs + recoveryMs });
    this.#cast.conditions.worsen({ service, until: this.#now + forMs });
  }

  /** How long nobody does the work of a replica that is away for so long. */
  #standStillMs(replica: Replica, awayMs: number): number {
    const untilDoneMs = this.#cast.fleet.hasStandIn(replica) ? Math.min(awayMs, sessionMs) : awayMs;
    return untilDoneMs + recoveryMs;
  }

  #kill(replica: Replica, downMs: number, where = ''): void {
    const { service: whom } = replica;
    this.#note('kill', `${replica.name}${where}`, { whom, forMs: this.#standStillMs(replica, downMs) });
    // Who comes back after its session has ended makes the others share anew once more.
    if (downMs > sessionMs) this.#disturb('start', { whom, forMs: recoveryMs, from: this.#now + downMs });
    replica.kill(downMs);
  }

  #freeze(replica: Replica, forMs: number, where = ''): void {
    const details = `${replica.name} for ${forMs} ms${where}`;
    const { service: whom } = replica;
    this.#note('freeze', details, { whom, forMs: this.#standStillMs(replica, forMs) });
    if (forMs > sessionMs / 2) this.#disturb('thaw', { whom, forMs: recoveryMs, from: this.#now + forMs });
    replica.freeze(forMs);
  }

  #layTrap({ service, point, when, frozenMs }: Extract<Fault, { kind: 'trap' }>): void {
    const spring = (host: SimulatedHost) => {
      const replica = this.#cast.fleet.of(host);
      const where = ` ${when} ${point}`;
      if (replica === undefined) return;
      if (frozenMs === null) this.#kill(replica, 500 + (this.#now % 4_000), where);
      else this.#freeze(replica, frozenMs, where);
    };
    this.#cast.conditions.lay({ service, point, when, spring });
  }

  /** One replica more, for a while. */
  #receiveGuest(service: ServiceName, forMs: number): void {
    const { fleet, cluster, ledger } = this.#cast;
    const guest = fleet.add(service, 10 + this.#guestCount++);
    ledger.count('join', this.#now, guest.name);
    this.#disturb('join', { whom: service, forMs: recoveryMs });
    cluster.time.after(forMs, () => {
      ledger.count('leave', this.#now, guest.name);
      this.#disturb('leave', { whom: service, forMs: recoveryMs });
      guest.restart(true);
    });
  }

  /** Counts a fault and what it disturbs from now on. */
  #note(kind: string, details: string, { whom, forMs }: { whom: string; forMs: number }): void {
    this.#cast.ledger.count(kind, this.#now, details);
    this.#disturb(kind, { whom, forMs });
  }

  #disturb(why: string, { whom, forMs, from = this.#now }: { whom: string; forMs: number; from?: Instant }): void {
    this.#cast.ledger.disturb({ whom, why, from, to: from + forMs });
  }
}
