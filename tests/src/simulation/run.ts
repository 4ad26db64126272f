/** One run: a world made from a seed, lived through, and judged. */
import { Random } from '@quorate/testing';
import { checkAttendance } from './checks/attendance.ts';
import { checkCadence } from './checks/cadence.ts';
import { checkDeliveries } from './checks/deliveries.ts';
import type { Evidence } from './checks/finding.ts';
import { checkFlapping } from './checks/flapping.ts';
import { History } from './checks/history.ts';
import { checkIntents } from './checks/intents.ts';
import { checkJobs } from './checks/jobs.ts';
import { checkMaintenance } from './checks/maintenance.ts';
import { checkOutages } from './checks/outages.ts';
import { checkQuarantine } from './checks/quarantine.ts';
import { checkRounds } from './checks/rounds.ts';
import { checkStorms } from './checks/storms.ts';
import { withVirtualGlobals } from './host/virtual-globals.ts';
import type { RunReport } from './run-report.ts';
import { drawScenario } from './world/draw-scenario.ts';
import { isAtRest } from './world/rest.ts';
import type { Scenario } from './world/scenario.ts';
import { worldOf, type World } from './world/world.ts';

/** A run goes on after the last fault until it is at rest: a target that flapped is held for long. */
const calmMsMin = 60_000;
const calmMsMax = 10 * 60_000;
const restAgainMs = 10_000;
/** A run that needs more would never come to rest. */
const eventCountMax = 1_000_000;

/** @param tell hears what happens, line by line; null: nobody listens. */
export async function simulate(seed: number, tell: ((line: string) => void) | null = null): Promise<RunReport> {
  const random = new Random(seed);
  return withVirtualGlobals(random.fork('processes'), async () => {
    const scenario = drawScenario(seed);
    const world = worldOf(scenario, random, tell);
    await live(scenario, world);
    return judge(scenario, world);
  });
}

async function live({ calmAt }: Scenario, { cluster: { time }, ledger }: World): Promise<void> {
  const isTooMuch = () => time.eventCount > eventCountMax;
  let until = calmAt + calmMsMin;
  await time.run(until, isTooMuch);
  while (until < calmAt + calmMsMax && !isTooMuch() && !isAtRest(ledger, time.now)) {
    until += restAgainMs;
    await time.run(until, isTooMuch);
  }
  if (isTooMuch()) ledger.violate(time.now, `more than ${eventCountMax} events: it will not end`);
}

function judge(scenario: Scenario, { cluster: { time }, ledger, truth }: World): RunReport {
  const history = new History(ledger);
  const violate = (what: string): void => ledger.violate(time.now, what);
  const evidence: Evidence = { scenario, truth, ledger, history, violate };
  checkRounds(evidence);
  checkCadence(evidence);
  checkAttendance(evidence);
  checkIntents(evidence);
  const outages = checkOutages(evidence);
  const deliveries = checkDeliveries(evidence);
  const weather = checkStorms(evidence);
  const maintenance = checkMaintenance(evidence);
  const flapping = checkFlapping(evidence);
  const quarantine = checkQuarantine(evidence);
  const jobs = checkJobs(evidence);
  return {
    seed: scenario.seed,
    hash: ledger.trace.hash,
    violations: ledger.violations,
    faults: Object.fromEntries(ledger.faults),
    simulatedMs: time.now - scenario.startAt,
    eventCount: time.eventCount,
    roundCount: history.closed.length,
    alertCount: history.alerts.length,
    restoreCount: ledger.restoreCount,
    outages,
    deliveries,
    weather,
    maintenance,
    flapping,
    quarantine,
    jobs,
  };
}
