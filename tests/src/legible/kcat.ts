/** Kafka as an operator sees it: through kcat, which knows nothing of Quorate. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const commandMsMax = 20_000;
const outputBytesMax = 64 * 1024 * 1024;

/** A line of `kcat -J`. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly tstype: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
  readonly key: string | null;
  /** Null is a tombstone. */
  readonly payload: string | null;
}

export function hasKcat(): boolean {
  return spawnSync('kcat', ['-V'], { stdio: 'ignore' }).status === 0;
}

interface Command {
  readonly brokers: readonly string[];
  readonly flags: readonly string[];
  readonly input?: string;
}

async function kcat({ brokers, flags, input = '' }: Command): Promise<string> {
  const limits = { timeout: commandMsMax, maxBuffer: outputBytesMax };
  const running = promisify(execFile)('kcat', ['-q', '-b', brokers.join(','), ...flags], limits);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Every committed record of a topic. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<readonly SeenRecord[]> {
  const lines = await kcat({ brokers, flags: ['-C', '-t', topic, '-o', 'beginning', '-e', '-J'] });
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeenRecord);
}

/** The topics of a cluster that are not Kafka's own. */
export async function listTopics(brokers: readonly string[]): Promise<readonly string[]> {
  const { topics } = JSON.parse(await kcat({ brokers, flags: ['-L', '-J'] })) as {
    topics: readonly { topic: string }[];
  };
  return topics.map(({ topic }) => topic).filter((topic) => !topic.startsWith('__'));
}

export interface WrittenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** One line. */
  readonly value: string;
}

export async function writeRecord(brokers: readonly string[], record: WrittenRecord): Promise<void> {
  const { topic, partition, key, value } = record;
  await kcat({ brokers, flags: ['-P', '-t', topic, '-p', String(partition), '-k', key], input: value });
}
