/** Draws which faults are injected into a run, and when. */
import type { Instant } from '@quorate/contracts';
import type { Random } from '@quorate/testing';
import {
  services,
  type Fault,
  type FaultKind,
  type PagerDutyMood,
  type PeopleAct,
  type Scenario,
  type ServiceName,
  type TrapPoint,
} from './scenario.ts';

interface Frame extends Pick<Scenario, 'regions' | 'replicas'> {
  readonly startAt: Instant;
  readonly calmAt: Instant;
}

interface Draw {
  readonly random: Random;
  readonly frame: Frame;
  readonly at: Instant;
}

const trapPoints: Readonly<Record<ServiceName, readonly [TrapPoint, ...TrapPoint[]]>> = {
  scheduler: ['append', 'offsets', 'end', 'fetch', 'last'],
  aggregator: ['fence', 'fetch', 'state', 'outputs', 'offsets', 'commit'],
  dispatcher: ['fence', 'fetch', 'outputs', 'offsets', 'commit', 'send', 'send', 'send'],
};

const moods: readonly [PagerDutyMood, ...PagerDutyMood[]] = [
  'refuses',
  'has too many',
  'resets',
  'hangs',
  'accepts and resets',
  'accepts and hangs',
];

/** Shorter than a session, about as long, and beyond it. */
function drawFreezeMs(random: Random): number {
  return random.pick([random.between(200, 5_000), random.between(5_000, 15_000), random.between(12_000, 60_000)]);
}

function drawReplica({ random, frame }: Draw): { service: ServiceName; replica: number } {
  const service = random.pick(services) ?? 'aggregator';
  return { service, replica: random.between(0, frame.replicas[service] - 1) };
}

function drawTrap({ random, at }: Draw): Fault {
  const service = random.pick(services) ?? 'aggregator';
  const point = random.pick(trapPoints[service]);
  const frozenMs = random.chance(0.6) ? null : drawFreezeMs(random);
  return { at, kind: 'trap', service, point, when: random.pick(['before', 'after']), frozenMs };
}

function drawRegion({ random, frame }: Draw): { region: string; forMs: number } {
  return { region: random.pick(frame.regions) ?? '', forMs: random.between(3_000, 90_000) };
}

/** How often each kind is drawn, and how; a region lies on purpose. */
const draws: Readonly<
  Record<Exclude<FaultKind, 'region lies'>, readonly [weight: number, draw: (draw: Draw) => Fault]>
> = {
  kill: [3, (draw) => ({ at: draw.at, kind: 'kill', ...drawReplica(draw), downMs: draw.random.between(200, 25_000) })],
  freeze: [3, (draw) => ({ at: draw.at, kind: 'freeze', ...drawReplica(draw), forMs: drawFreezeMs(draw.random) })],
  restart: [1, (draw) => ({ at: draw.at, kind: 'restart', ...drawReplica(draw) })],
  'join and leave': [
    1,
    ({ random, at }) => {
      const service = random.pick(services) ?? 'aggregator';
      return { at, kind: 'join and leave', service, forMs: random.between(2_000, 60_000) };
    },
  ],
  trap: [6, drawTrap],
  'bad network': [
    2,
    ({ random, at }) => {
      const service = random.pick([null, ...services]);
      return { at, kind: 'bad network', service, forMs: random.between(2_000, 20_000) };
    },
  ],
  'brokers away': [0.7, ({ random, at }) => ({ at, kind: 'brokers away', forMs: random.between(500, 12_000) })],
  clock: [
    1,
    (draw) => ({ at: draw.at, kind: 'clock', ...drawReplica(draw), skewMs: draw.random.between(-90_000, 90_000) }),
  ],
  'region cut off': [1, (draw) => ({ at: draw.at, kind: 'region cut off', ...drawRegion(draw) })],
  'region blind': [
    1.5,
    (draw) => ({ at: draw.at, kind: 'region blind', ...drawRegion(draw), knows: draw.random.chance(0.4) }),
  ],
  'prober killed': [0.7, (draw) => ({ at: draw.at, kind: 'prober killed', ...drawRegion(draw) })],
  'prober frozen': [0.7, (draw) => ({ at: draw.at, kind: 'prober frozen', ...drawRegion(draw) })],
  'bad votes': [1.5, (draw) => ({ at: draw.at, kind: 'bad votes', ...drawRegion(draw) })],
  pagerduty: [
    2.5,
    ({ random, at }) => ({ at, kind: 'pagerduty', mood: random.pick(moods), forMs: random.between(2_000, 60_000) }),
  ],
  'postgres away': [0.7, ({ random, at }) => ({ at, kind: 'postgres away', forMs: random.between(10_000, 120_000) })],
  compaction: [1, ({ at }) => ({ at, kind: 'compaction' })],
};

/** Owners that die with what people have just changed on their hands. */
export function drawCoincidences(random: Random, people: readonly PeopleAct[]): Fault[] {
  const struck = people.filter(() => random.chance(0.7));
  return struck.map(({ at }): Fault => {
    const when = random.pick(['before', 'after'] as const);
    // The owner hears of the change in one of its next steps.
    const laidAt = at + random.pick([random.between(0, 400), random.between(0, 10_000)]);
    return { at: laidAt, kind: 'trap', service: 'aggregator', point: 'commit', when, frozenMs: null };
  });
}

/** So long before a maintenance window begins, what broke down may still lie unread as it does. */
const takeoverMsMax = 20_000;

/** Nobody owns the partitions as a window begins: who comes then finds votes from before it, and must hold back. */
export function drawTakeovers(
  random: Random,
  { maintenance, monitors, replicas, calmAt }: Pick<Scenario, 'maintenance' | 'monitors' | 'replicas' | 'calmAt'>,
): Fault[] {
  return maintenance.flatMap(({ monitorIds, from }): Fault[] => {
    const outages = monitors.filter(({ record }) => monitorIds.includes(record.id)).flatMap((one) => one.outages);
    const outage = outages.find((one) => one.from < from && from - one.from < takeoverMsMax && one.to > from);
    const endsAt = from + random.between(5_000, 15_000);
    if (outage === undefined || endsAt >= calmAt || !random.chance(0.5)) return [];
    const at = random.between(outage.from, from);
    return Array.from({ length: replicas.aggregator }, (_, replica): Fault => {
      return { at, kind: 'kill', service: 'aggregator', replica, downMs: endsAt - at };
    });
  });
}

/** Between two faults. */
const gapMsMean = 35_000;

function endOf(fault: Fault): Instant {
  if (fault.kind === 'kill') return fault.at + fault.downMs;
  return fault.at + ('forMs' in fault ? fault.forMs : 0);
}

export function drawFaults(random: Random, frame: Frame): Fault[] {
  const kinds = Object.values(draws).map(([weight, draw]) => ({ weight, draw }));
  const weights = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const faults: Fault[] = [];
  // Some runs are hard on everything, and some leave time to see that each thing works.
  const meanMs = gapMsMean * random.pick([0.4, 1, 2]);
  for (let at = frame.startAt; at < frame.calmAt; at += -Math.log(1 - random.unit()) * meanMs) {
    let lot = random.unit() * weights;
    const kind = kinds.find(({ weight }) => (lot -= weight) < 0);
    const fault = kind?.draw({ random, frame, at: Math.round(at) });
    if (fault !== undefined && endOf(fault) < frame.calmAt) faults.push(fault);
  }
  return faults;
}
