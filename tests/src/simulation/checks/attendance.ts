/** No round asks nobody while there is a region to ask: who was frozen has heard nothing meanwhile, and knows that. */
import { roundKey } from '@quorate/contracts';
import { short, type Evidence } from './finding.ts';
import type { AnnouncedRound } from './history.ts';

/** What keeps a region from being heard by anyone. */
const silencing: ReadonlySet<string> = new Set(['region cut off', 'prober killed', 'prober frozen', 'brokers away']);
/** What keeps a service from hearing anyone. */
const deafening: ReadonlySet<string> = new Set(['brokers away', 'bad network', 'request lost', 'answer lost']);

export function checkAttendance(evidence: Evidence): void {
  const { history, violate } = evidence;
  for (const round of history.checks)
    if (round.value.expectedRegions.length === 0 && !isExcused(evidence, round))
      violate(`round ${short(roundKey(round.value))} asks nobody, and somebody was there`);
}

function isExcused({ ledger, scenario }: Evidence, { value, appendedAt }: AnnouncedRound): boolean {
  const isDisturbed = (concerned: string, by: ReadonlySet<string>): boolean =>
    ledger.disturbances.some(
      ({ whom, why, from, to }) => whom === concerned && by.has(why) && from <= appendedAt && appendedAt <= to,
    );
  if (isDisturbed(value.kind === 'confirming' ? 'aggregator' : 'scheduler', deafening)) return true;
  return scenario.regions.every((region) => isDisturbed(`region ${region}`, silencing));
}
