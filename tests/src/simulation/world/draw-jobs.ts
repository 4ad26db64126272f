/** Draws a job that tells of its runs: mostly in time, at times late, failed, or not at all. */
import { gatewayRegion, monitorRecordSchema, type Instant } from '@quorate/contracts';
import type { Random } from '@quorate/testing';
import type { JobScript, MonitorScript, Outage } from './scenario.ts';

const jobShare = 0.25;
const everySeconds = 20;
/** More than a job has to try again for while the brokers are away. */
const graceSeconds = 25;
const overdueMs = (everySeconds + graceSeconds) * 1_000;
const intervalSeconds = 10;
/** Jobs go on until a run is at rest, however long that takes. */
const goOnMs = 11 * 60_000;
const lastWordsMs = 1_000;

interface Frame {
  readonly random: Random;
  readonly channelIds: readonly string[];
  readonly startAt: Instant;
  readonly calmAt: Instant;
}

interface DrawnJob {
  readonly monitor: MonitorScript;
  readonly job: JobScript;
}

function drawGapMs(random: Random): number {
  if (random.chance(0.6)) return random.between(18_000, 21_000);
  return random.pick([random.between(25_000, 40_000), random.between(60_000, 150_000)]);
}

function drawPings({ random, startAt, calmAt }: Frame): JobScript['pings'] {
  const pings = [{ at: startAt + random.between(1_000, 10_000), failed: false }];
  for (let last = pings[0]?.at ?? startAt; last < calmAt - lastWordsMs; last = pings.at(-1)?.at ?? calmAt) {
    const at = Math.min(last + drawGapMs(random), calmAt - lastWordsMs);
    pings.push({ at, failed: at < calmAt - lastWordsMs && random.chance(0.1) });
  }
  for (let at = calmAt; at < calmAt + goOnMs; at += everySeconds * 1_000) pings.push({ at, failed: false });
  return pings;
}

/** A job is down once a ping is overdue, or tells of a failure, and until the next that tells of none. */
function outagesOf(pings: JobScript['pings']): Outage[] {
  const outages: Outage[] = [];
  let lastAt = pings[0]?.at ?? 0;
  let downFrom: Instant | null = null;
  for (const { at, failed } of pings) {
    if (downFrom === null && at - lastAt > overdueMs) downFrom = lastAt + overdueMs;
    if (failed) downFrom ??= at;
    else if (downFrom !== null) {
      outages.push({ from: downFrom, to: at, symptom: 'silent', regions: [gatewayRegion] });
      downFrom = null;
    }
    lastAt = at;
  }
  return outages;
}

/** In some runs one of the monitors waits for pings. */
export function drawJobs(frame: Frame): DrawnJob[] {
  const { random, channelIds, startAt } = frame;
  if (!random.chance(jobShare)) return [];
  const pings = drawPings(frame);
  const identity = { v: 1, id: random.uuid(), version: 1, paused: false, createdAt: startAt, changedAt: startAt };
  const settings = { name: 'Job', type: 'heartbeat', intervalSeconds, timeoutSeconds: 2, channelIds };
  const heartbeat = { everySeconds, graceSeconds };
  const record = monitorRecordSchema.parse({ ...identity, ...settings, checkAtOnce: true, heartbeat });
  return [{ monitor: { record, outages: outagesOf(pings) }, job: { monitorId: record.id, pings } }];
}
