/** Reads the verdicts of a whole trial back from the log. */
import type { DurableLog, LogRecord } from '@quorate/bus';
import { verdictRecordSchema } from '@quorate/contracts';
import type { ClosedRound } from './standstill.ts';

function closedRoundOf({ partition, appendedAt, value }: LogRecord): ClosedRound[] {
  const record = verdictRecordSchema.parse(JSON.parse(value ?? 'null'));
  if (record.type !== 'round-closed') return [];
  const { monitorId, verdict, dueAt, decidedAt, closedAt, missedRoundCount } = record;
  const votes = record.votes.map(({ region, outcome, reason }) => ({ region, outcome, reason }));
  return [{ monitorId, partition, verdict, dueAt, decidedAt, closedAt, appendedAt, missedRoundCount, votes }];
}

/** Every round that has closed. Closes the log. */
export async function readClosedRounds(log: DurableLog): Promise<readonly ClosedRound[]> {
  const rounds: ClosedRound[] = [];
  const follower = log.follow(['verdicts'], 'start', (records) => void rounds.push(...records.flatMap(closedRoundOf)));
  await follower.caughtUp;
  await follower.close();
  await log.close();
  return rounds;
}
