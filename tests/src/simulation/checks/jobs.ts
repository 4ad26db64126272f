/** How the jobs of a run kept to what was expected of them; that it is told of is for the other checks. */
import { short, type Evidence } from './finding.ts';

export interface JobCounts {
  /** That were heard. */
  pings: number;
  /** Times in which a ping was overdue, or the last had told of a failure. */
  misses: number;
}

export function checkJobs({ history, scenario, violate }: Evidence): JobCounts {
  const ended = history.pings.filter(({ value }) => value?.kind === 'ended');
  const monitors = scenario.monitors.filter(({ record }) => record.type === 'heartbeat');
  for (const { record } of monitors) {
    const rounds = history.closed.filter(({ value }) => value.monitorId === record.id);
    if (!rounds.some(({ value }) => value.verdict === 'up')) violate(`${short(record.id)} was never heard to be well`);
  }
  return { pings: ended.length, misses: monitors.reduce((sum, { outages }) => sum + outages.length, 0) };
}
