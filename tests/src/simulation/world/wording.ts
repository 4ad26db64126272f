/** Records in words, for whoever reads a trace. */
import type { LogRecord } from '@quorate/bus';
import type { Alert, Check, Delivery, MonitorState, VerdictRecord, Vote } from '@quorate/contracts';

type Describe = (value: never, key: string) => string;

/** Enough of an ID to tell it from others. */
function short(id: string): string {
  return id.replaceAll(/([0-9a-f]{8})-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/g, '$1');
}

function round({
  monitorId,
  dueAt,
  kind,
  monitorVersion,
}: Pick<Check, 'monitorId' | 'dueAt' | 'kind' | 'monitorVersion'>) {
  return `${monitorId}:${dueAt}:${kind} v${monitorVersion}`;
}

function describeCheck(check: Check): string {
  const missed = check.missedRoundCount > 0 ? `, ${check.missedRoundCount} missed` : '';
  return `${round(check)} asks ${check.expectedRegions.join(', ') || 'nobody'}${missed}`;
}

function describeVerdict(record: VerdictRecord): string {
  switch (record.type) {
    case 'round-closed': {
      const votes = record.votes.map(({ region, outcome }) => `${region} ${outcome}`).join(', ');
      const absent = record.absentRegions.length === 0 ? '' : `, absent ${record.absentRegions.join(', ')}`;
      return `${round(record)} is ${record.verdict}: ${votes || 'no votes'}${absent}`;
    }
    case 'late-vote':
      return `${round(record)}: the ${record.vote.outcome} of ${record.vote.region} came late`;
    case 'status-changed':
      return `${record.monitorId} is ${record.status}`;
    default:
      return record satisfies never;
  }
}

const descriptions: Readonly<Record<string, Describe>> = {
  checks: describeCheck,
  confirmations: describeCheck,
  'manual-checks': describeCheck,
  votes: (vote: Vote) => `${round(vote)}: ${vote.region} says ${vote.outcome} (${vote.proberId})`,
  verdicts: describeVerdict,
  alerts: ({ alertId, resolveCause }: Alert) => `${alertId}${resolveCause === null ? '' : ` (${resolveCause})`}`,
  'monitor-state': ({ status, turn, incident }: MonitorState, key) => {
    const towards = turn === null ? '' : `, ${turn.count} towards ${turn.towards}`;
    return `${key} ${status}${towards}${incident === null ? '' : `, incident ${incident.incidentId}`}`;
  },
  deliveries: ({ state, attemptCount, late }: Delivery, key) => {
    return `${key} ${state} after ${attemptCount} attempts${late ? ', late' : ''}`;
  },
};

export function wordsOf({ topic, partition, offset, key, value }: LogRecord): string {
  const describe = descriptions[topic];
  const place = `${topic}/${partition}@${offset}`;
  if (value === null) return `${place} ${short(key)} deleted`;
  const words = describe === undefined ? value.slice(0, 200) : describe(JSON.parse(value) as never, key);
  return `${place} ${short(words)}`;
}
