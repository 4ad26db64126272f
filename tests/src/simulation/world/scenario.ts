/** What one run is about, drawn from its seed before it begins: the truth about every target, and each fault's time. */
import type { Instant, MonitorRecord, StormBrake } from '@quorate/contracts';

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** How a target shows that it is down: at once, or by saying nothing until the deadline. */
export type Symptom = 'refused' | 'silent';

export interface Outage extends Span {
  readonly symptom: Symptom;
  /** The regions that see it; null for all. */
  readonly regions: readonly string[] | null;
}

export interface MonitorScript {
  readonly record: MonitorRecord;
  readonly outages: readonly Outage[];
}

/** A job, and when it tells how a run of it ended. */
export interface JobScript {
  readonly monitorId: string;
  readonly pings: readonly { readonly at: Instant; readonly failed: boolean }[];
}

export const services = ['scheduler', 'aggregator', 'dispatcher'] as const;
export type ServiceName = (typeof services)[number];

interface Replica {
  readonly service: ServiceName;
  readonly replica: number;
}

/** Where in a service's work a trap lies: at the first request of this kind from the trap's time on. */
export type TrapPoint =
  'fence' | 'end' | 'fetch' | 'state' | 'outputs' | 'offsets' | 'commit' | 'append' | 'last' | 'send';

export type PagerDutyMood =
  'refuses' | 'has too many' | 'resets' | 'hangs' | 'accepts and resets' | 'accepts and hangs';

export type Fault = { readonly at: Instant } & (
  | (Replica & { readonly kind: 'kill'; readonly downMs: number })
  | (Replica & { readonly kind: 'freeze'; readonly forMs: number })
  | (Replica & { readonly kind: 'restart' })
  | { readonly kind: 'join and leave'; readonly service: ServiceName; readonly forMs: number }
  | {
      readonly kind: 'trap';
      readonly service: ServiceName;
      readonly point: TrapPoint;
      /** Before the request leaves, or when it was carried out and before its answer is back. */
      readonly when: 'before' | 'after';
      /** Null for a kill, else how long it is frozen there. */
      readonly frozenMs: number | null;
    }
  | { readonly kind: 'bad network'; readonly service: ServiceName | null; readonly forMs: number }
  | { readonly kind: 'brokers away'; readonly forMs: number }
  | (Replica & { readonly kind: 'clock'; readonly skewMs: number })
  | { readonly kind: 'region cut off'; readonly region: string; readonly forMs: number }
  | { readonly kind: 'region blind'; readonly region: string; readonly forMs: number; readonly knows: boolean }
  | {
      readonly kind: 'region lies';
      readonly region: string;
      readonly forMs: number;
      readonly monitorIds: readonly string[];
    }
  | { readonly kind: 'prober killed'; readonly region: string; readonly forMs: number }
  | { readonly kind: 'prober frozen'; readonly region: string; readonly forMs: number }
  | { readonly kind: 'bad votes'; readonly region: string; readonly forMs: number }
  | { readonly kind: 'pagerduty'; readonly mood: PagerDutyMood; readonly forMs: number }
  | { readonly kind: 'postgres away'; readonly forMs: number }
  | { readonly kind: 'compaction' }
);

export type FaultKind = Fault['kind'];

export type PeopleAct = { readonly at: Instant; readonly monitorId: string } & (
  | { readonly kind: 'pause' | 'resume' | 'delete' | 'acknowledge' | 'check' | 'rename' }
  | { readonly kind: 'retarget'; readonly port: number }
);

/** A maintenance window. */
export interface Maintenance extends Span {
  readonly id: string;
  readonly monitorIds: readonly string[];
}

export interface Scenario {
  readonly seed: number;
  readonly startAt: Instant;
  /** When the last fault is over and every target is up. */
  readonly calmAt: Instant;
  readonly partitionCount: number;
  readonly regions: readonly string[];
  readonly probersPerRegion: number;
  readonly monitors: readonly MonitorScript[];
  /** Of the monitors that wait for pings. */
  readonly jobs: readonly JobScript[];
  readonly channelIds: readonly string[];
  /** Of every channel. */
  readonly stormBrake: StormBrake;
  readonly maintenance: readonly Maintenance[];
  readonly replicas: Readonly<Record<ServiceName, number>>;
  readonly skewMsMax: number;
  readonly idleGatherMs: number;
  readonly takenMax: number;
  readonly faults: readonly Fault[];
  readonly people: readonly PeopleAct[];
}
