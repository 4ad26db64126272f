/** A process for the fault trials: a member of one group that counts its inputs and passes each on, exactly once. */
import type { OutgoingRecord, PartitionTask } from '../log.ts';
import { openKafkaLog } from './kafka-log.ts';

export interface WorkerSettings {
  readonly brokers: readonly string[];
  readonly instance: string | null;
  readonly group: string;
  readonly input: string;
  readonly state: string;
  readonly output: string;
  readonly sessionMsMax: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings;
const { group, input, state, output } = settings;
const gatherMs = 50;

const log = await openKafkaLog({
  ...settings,
  clientId: 'fault-worker',
  onFatal: (error) => {
    process.stderr.write(`fatal ${error.message}\n`);
    process.exit(3);
  },
  report: (message, { partition, error }) =>
    process.stderr.write(`${Date.now()} ${message} ${partition as string} ${String(error)}\n`),
});

/** Its memory is what the state topic holds: how many inputs of each key there were. */
function countingTask(partition: number): PartitionTask {
  const counts = new Map<string, number>();
  return {
    restore: (records) => {
      for (const { key, value } of records) counts.set(key, Number(value));
    },
    step: ({ records }) => {
      const arrived = records.get(input) ?? [];
      const changed = new Set<string>();
      for (const { key } of arrived) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        changed.add(key);
      }
      const states = [...changed].map((key) => ({ topic: state, partition, key, value: String(counts.get(key)) }));
      const outputs: OutgoingRecord[] = arrived.map(({ key, value }) => ({ topic: output, partition, key, value }));
      return { records: [...states, ...outputs] };
    },
  };
}

const membership = await log.join({
  ...{ group, tables: [], streams: [input], stateTopic: state, guarantee: 'exactly-once', gatherMs },
  createTask: countingTask,
});

process.once('SIGTERM', () => void log.close().then(() => process.exit(0)));

const poll = setInterval(() => {
  if (!membership.ready) return;
  clearInterval(poll);
  process.stdout.write('ready\n');
}, 5);
