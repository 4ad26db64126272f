/** Draws a scenario from a seed. */
import { monitorRecordSchema, type Instant, type MonitorRecord } from '@quorate/contracts';
import { cadenceOf, firstDueAfter } from '@quorate/schedule';
import { Random } from '@quorate/testing';
import { drawCoincidences, drawFaults, drawTakeovers } from './draw-faults.ts';
import { drawJobs } from './draw-jobs.ts';
import { drawLie, drawsLie, liedToMonitorCount, withLie } from './draw-lies.ts';
import { drawFlapping, drawMaintenance, drawWeather } from './draw-scenes.ts';
import type { MonitorScript, Outage, PeopleAct, Scenario } from './scenario.ts';

const minuteMs = 60_000;
const firstDay = Date.UTC(2026, 10, 21, 10);
/** Until everything has started. */
const warmUpMs = 45_000;
/** In which a round is announced and most of its votes are cast. */
const roundMs = 1_500;
const allRegions = ['eu', 'us', 'ap', 'sa', 'af'] as const;
/** Machines whose clocks nobody looks after. */
const skewMsMax = 90_000;

function drawRegions(random: Random): readonly string[] {
  return allRegions.slice(0, random.pick([2, 3, 3, 3, 3, 4, 5]));
}

/** Most bugs show soon: many short runs find more of them than few long ones. Some take their time. */
function drawActiveMs(random: Random): number {
  return random.pick([
    random.between(2 * minuteMs, 4 * minuteMs),
    random.between(3 * minuteMs, 5 * minuteMs),
    random.between(7 * minuteMs, 10 * minuteMs),
  ]);
}

function drawDecision(random: Random): object {
  return {
    quorum: random.pick(['majority', 'majority', 'majority', 'majority', 'all', 2]),
    electorate: random.pick(['expected', 'expected', 'registered']),
    confirmations: random.between(1, 3),
    confirmIntervalSeconds: random.between(1, 5),
    recoveries: random.between(1, 2),
  };
}

interface Frame {
  readonly random: Random;
  readonly regions: readonly string[];
  readonly channelIds: readonly string[];
  readonly startAt: Instant;
  readonly calmAt: Instant;
}

function drawRecord({ random, channelIds, startAt }: Frame, index: number): MonitorRecord {
  const timeoutSeconds = random.between(1, 5);
  return monitorRecordSchema.parse({
    v: 1,
    id: random.uuid(),
    version: 1,
    paused: false,
    createdAt: startAt,
    changedAt: startAt,
    checkAtOnce: true,
    name: `Monitor ${index}`,
    type: 'tcp',
    tcp: { host: 'target.example', port: 1_000 + index },
    intervalSeconds: random.pick([10, 15, 20, 30]),
    timeoutSeconds,
    regions: ['*'],
    decision: drawDecision(random),
    channelIds: channelIds.filter((_, place) => place === 0 || random.chance(0.5)),
    reminderMinutes: random.pick([null, null, 1, 3]),
  });
}

/** Outages from blips to minutes, with time between them. */
function drawOutages({ random, startAt, calmAt, regions }: Frame): Outage[] {
  const outages: Outage[] = [];
  let from = startAt + warmUpMs + random.between(0, minuteMs);
  while (from < calmAt - minuteMs) {
    const lengthMs = random.pick([
      random.between(1_000, 20_000),
      random.between(30_000, 120_000),
      random.between(60_000, 300_000),
    ]);
    const to = Math.min(from + lengthMs, calmAt - 1_000);
    const isPartial = random.chance(0.25);
    const seenBy = isPartial ? random.shuffled(regions).slice(0, random.between(1, regions.length)) : null;
    outages.push({ from, to, symptom: random.pick(['refused', 'refused', 'silent']), regions: seenBy });
    from = to + random.pick([random.between(5_000, 40_000), random.between(40_000, 240_000)]);
  }
  return outages;
}

function drawMonitor(frame: Frame, index: number): MonitorScript {
  return { record: drawRecord(frame, index), outages: drawOutages(frame) };
}

/** As many monitors as it takes to compare regions. */
function withMore(monitors: readonly MonitorScript[], frame: Frame): MonitorScript[] {
  const more = Array.from({ length: liedToMonitorCount - monitors.length }, (_, index) => {
    return drawMonitor(frame, monitors.length + index);
  });
  return [...monitors, ...more];
}

/** Half of the time just as a round of the monitor has begun. */
function drawOccasion(random: Random, monitors: readonly MonitorScript[], from: Instant) {
  const record = random.pick(monitors)?.record;
  if (record === undefined) return { at: from, monitorId: '' };
  const { id: monitorId, intervalSeconds } = record;
  if (random.chance(0.5)) return { at: from, monitorId };
  const dueAt = firstDueAfter(cadenceOf(monitorId, intervalSeconds * 1_000), from);
  return { at: dueAt + random.between(0, roundMs), monitorId };
}

function drawPeople({ random, startAt, calmAt }: Frame, monitors: readonly MonitorScript[]): PeopleAct[] {
  const count = random.between(0, 5);
  return Array.from({ length: count }, (_, index): PeopleAct => {
    const { at, monitorId } = drawOccasion(random, monitors, random.between(startAt + warmUpMs, calmAt - minuteMs));
    const kind = random.pick([
      'pause',
      'resume',
      'resume',
      'delete',
      'delete',
      'acknowledge',
      'acknowledge',
      'check',
      'rename',
      'retarget',
    ]);
    return kind === 'retarget'
      ? { at, monitorId, kind, port: 2_000 + index }
      : { at, monitorId, kind: kind as 'pause' };
  }).sort((left, right) => left.at - right.at);
}

export function drawScenario(seed: number): Scenario {
  const random = new Random(seed).fork('scenario');
  const startAt = firstDay + random.between(0, 3_600_000);
  const calmAt = startAt + warmUpMs + drawActiveMs(random);
  const regions = drawRegions(random);
  const channelIds = Array.from({ length: random.between(1, 2) }, () => random.uuid());
  const frame: Frame = { random, regions, channelIds, startAt, calmAt };
  const fewer = Array.from({ length: random.between(3, 5) }, (_, index) => drawMonitor(frame, index));
  const ofLies = random.fork('lies');
  const hasLie = drawsLie(ofLies, regions);
  const healthy = hasLie ? withMore(fewer, { ...frame, random: ofLies }) : fewer;
  const stage = { random: random.fork('scenes'), startAt: startAt + warmUpMs, calmAt };
  const { monitors: stormy, stormBrake } = drawWeather(stage, healthy);
  const monitors = drawFlapping({ ...stage, random: random.fork('flapping') }, stormy);
  const replicas = {
    scheduler: random.between(1, 2),
    aggregator: random.between(1, 3),
    dispatcher: random.between(1, 2),
  };
  const people = drawPeople(frame, monitors);
  const maintenance = drawMaintenance(stage, monitors);
  const faults = [
    ...drawFaults(random.fork('faults'), { ...stage, regions, replicas }),
    ...drawCoincidences(random.fork('coincidences'), people),
    ...drawTakeovers(random.fork('takeovers'), { maintenance, monitors, replicas, calmAt }),
  ];
  // Who is to be compared with others is no job.
  const jobs = hasLie ? [] : drawJobs({ ...frame, random: random.fork('jobs') });
  return {
    monitors: [...monitors, ...jobs.map(({ monitor }) => monitor)],
    jobs: jobs.map(({ job }) => job),
    ...{ seed, startAt, calmAt, regions, channelIds, stormBrake, replicas, people, maintenance },
    skewMsMax: random.pick([0, 5_000, skewMsMax]),
    partitionCount: hasLie ? 1 : random.between(1, 3),
    probersPerRegion: random.pick([1, 1, 2]),
    idleGatherMs: random.between(1_000, 2_500),
    takenMax: random.pick([3, 20, 2_000]),
    faults: hasLie ? withLie(ofLies, drawLie({ ...stage, random: ofLies, regions }, monitors), faults) : faults,
  };
}
