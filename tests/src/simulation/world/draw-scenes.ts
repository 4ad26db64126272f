/** Draws what happens to many monitors at once, or on purpose: storms, flapping, and maintenance around outages. */
import type { Instant, StormBrake } from '@quorate/contracts';
import { cadenceOf, firstDueAfter } from '@quorate/schedule';
import type { Random } from '@quorate/testing';
import type { Maintenance, MonitorScript, Outage } from './scenario.ts';

interface Stage {
  readonly random: Random;
  readonly startAt: Instant;
  readonly calmAt: Instant;
}

/** As many may page on their own as a run has monitors at most: no storm comes of it. */
const noStorm: StormBrake = { enabled: true, openedMax: 10, windowSeconds: 60 };
const stormMsMin = 75_000;
/** Within so long the targets of a storm go down, one after the other. */
const stormSpreadMs = 4_000;

/** A common cause that takes every target down, and a brake that is closed by fewer; null in most runs. */
function drawStorm({ random, startAt, calmAt }: Stage): { brake: StormBrake; from: Instant; to: Instant } | null {
  const latestAt = calmAt - stormMsMin - stormSpreadMs;
  if (!random.chance(0.3) || latestAt <= startAt) return null;
  const brake = { enabled: true, openedMax: random.between(1, 2), windowSeconds: random.pick([30, 60, 300]) };
  const from = random.between(startAt, latestAt);
  return { brake, from, to: Math.min(calmAt - 1_000, from + random.between(stormMsMin, 2 * stormMsMin)) };
}

/** The outages of a monitor with that of the storm, and without those that it leaves no room for. */
function struck(outages: readonly Outage[], storm: Outage): Outage[] {
  const others = outages.filter(({ from, to }) => to < storm.from - stormSpreadMs || from > storm.to + stormSpreadMs);
  return [...others, storm].sort((left, right) => left.from - right.from);
}

export interface Weather {
  readonly stormBrake: StormBrake;
  readonly monitors: readonly MonitorScript[];
}

export function drawWeather(stage: Stage, monitors: readonly MonitorScript[]): Weather {
  const { random } = stage;
  const storm = drawStorm(stage);
  if (storm === null) return { stormBrake: noStorm, monitors };
  const monitorsInIt = monitors.map(({ record, outages }): MonitorScript => {
    const from = storm.from + random.between(0, stormSpreadMs);
    const outage: Outage = { from, to: storm.to, symptom: 'refused', regions: null };
    return { record, outages: struck(outages, outage) };
  });
  return { stormBrake: storm.brake, monitors: monitorsInIt };
}

const flappingShare = 0.12;
const flappingIntervalSeconds = 10;
/** So many changes that the next is held back, and a few more. */
const flapsMin = 12;
const flapsMax = 20;

/** In some runs a target is down in every other of its rounds, and each round is enough to open or to resolve. */
export function drawFlapping({ random, startAt, calmAt }: Stage, monitors: readonly MonitorScript[]): MonitorScript[] {
  const place = random.chance(flappingShare) ? random.between(0, monitors.length - 1) : -1;
  return monitors.map((monitor, index): MonitorScript => {
    if (index !== place) return monitor;
    const decision = { ...monitor.record.decision, confirmations: 1, recoveries: 1 };
    const record = { ...monitor.record, intervalSeconds: flappingIntervalSeconds, decision };
    const cadence = cadenceOf(record.id, flappingIntervalSeconds * 1_000);
    const { intervalMs } = cadence;
    const firstAt = firstDueAfter(cadence, startAt) - intervalMs / 2;
    const outages = Array.from({ length: random.between(flapsMin, flapsMax) / 2 }, (_, turn): Outage => {
      const from = firstAt + 2 * turn * intervalMs;
      return { from, to: from + intervalMs, symptom: 'refused', regions: null };
    });
    return { record, outages: outages.filter(({ to }) => to < calmAt) };
  });
}

const aroundMs = 30_000;
const maintenanceMsMin = 20_000;
const maintenanceMsMax = 150_000;

/** Windows that begin shortly before an outage, or while it lasts, and end before or after it. */
export function drawMaintenance({ random, startAt, calmAt }: Stage, monitors: readonly MonitorScript[]): Maintenance[] {
  return monitors.flatMap(({ record, outages }): Maintenance[] => {
    const outage = random.chance(0.25) ? random.pick(outages) : undefined;
    if (outage === undefined) return [];
    const from = Math.max(startAt, outage.from + random.between(-aroundMs, aroundMs));
    const to = Math.min(from + random.between(maintenanceMsMin, maintenanceMsMax), calmAt - 1_000);
    return to <= from ? [] : [{ id: random.uuid(), monitorIds: [record.id], from, to }];
  });
}
