/** Performs manual rounds: announces one to the live regions and waits for its end. */
import type { DurableLog } from '@quorate/bus';
import {
  partitionOf,
  probeOf,
  type Check,
  type Instant,
  type MonitorSettings,
  type SelfMonitorSettings,
  type RoundClosed,
} from '@quorate/contracts';
import type { RegionWatch } from '@quorate/runtime';
import { regionsOfRound, type RoundRegions } from '@quorate/schedule';
import { ProblemError } from '../http/problem.ts';
import { requestTraceHeaders } from '../http/request-context.ts';
import type { ClosedRounds } from './closed-rounds.ts';

/** What a window stays open for after the deadline of its probes, and what the records need on their way. */
const closingMs = 7_000;

/** Whom a manual round is of, with sealed secrets. */
export interface Checked {
  readonly monitorId: string;
  readonly version: number;
  readonly settings: MonitorSettings | SelfMonitorSettings;
}

export class ChecksService {
  readonly #log: DurableLog;
  readonly #regions: RegionWatch;
  readonly #closedRounds: ClosedRounds;

  constructor(log: DurableLog, regions: RegionWatch, closedRounds: ClosedRounds) {
    this.#log = log;
    this.#regions = regions;
    this.#closedRounds = closedRounds;
  }

  /** @throws ProblemError when no region can perform it or the round does not close in time. */
  async perform(checked: Checked): Promise<RoundClosed> {
    const check = this.#checkOf(checked);
    const waiting = this.#closedRounds.closed(check, check.timeoutMs + closingMs);
    const [round] = await Promise.all([waiting, this.#append(check)]);
    if (round !== null) return round;
    const regions = check.expectedRegions.join(', ');
    throw new ProblemError(
      'QRT_CHECK_UNANSWERED',
      `No verdict came in time from ${regions}; /readyz says what is amiss.`,
    );
  }

  #checkOf({ monitorId, version, settings }: Checked): Check {
    const now = this.#log.now();
    return {
      v: 1,
      monitorId,
      monitorVersion: version,
      dueAt: now,
      kind: 'manual',
      ...this.#regionsOf(settings, now),
      timeoutMs: settings.timeoutSeconds * 1_000,
      decision: settings.decision,
      missedRoundCount: 0,
      probe: probeOf(settings),
    };
  }

  #regionsOf({ regions }: Checked['settings'], now: Instant): RoundRegions {
    const asked = regionsOfRound(regions, this.#regions.known(now));
    if (asked.expectedRegions.length > 0) return asked;
    const wanted = regions.includes('*') ? 'any region' : `the regions ${regions.join(', ')}`;
    throw new ProblemError(
      'QRT_NO_LIVE_REGION',
      `No prober of ${wanted} is alive; start one. GET /api/v1/regions shows who is.`,
    );
  }

  #append(check: Check): Promise<void> {
    const topic = 'manual-checks';
    const partition = partitionOf(check.monitorId, this.#log.partitionCount(topic));
    const record = {
      topic,
      partition,
      key: check.monitorId,
      value: JSON.stringify(check),
      headers: requestTraceHeaders(),
    };
    return this.#log.append([record]);
  }
}
