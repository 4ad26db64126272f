/** Whether the read model has taken in what the log held at a moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableLog, LogRecord } from '@quorate/bus';
import { topics, type TopicName } from '@quorate/contracts';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { PositionEntity } from '../projector/position.entity.ts';
import { projectedTopics } from '../projector/projector.ts';
import { parsed } from './parsed.ts';

const lookEveryMs = 250;

/** The newest record that the projector has to take in of one partition. */
interface End {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
}

interface Waiting {
  readonly log: DurableLog;
  readonly database: DataSource;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** The partitions that lag still after `patienceMs`, as `topic/partition`; none when all is taken in. */
export async function laggingPartitions({ log, database, patienceMs, signal }: Waiting): Promise<readonly string[]> {
  const giveUpAt = performance.now() + patienceMs;
  const ends = await endsOf(log);
  for (;;) {
    const lagging = await behind(database, ends);
    if (lagging.length === 0 || performance.now() >= giveUpAt || signal.aborted) return lagging;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function endsOf(log: DurableLog): Promise<End[]> {
  const ends: End[] = [];
  for (const topic of projectedTopics) {
    for (let partition = 0; partition < log.partitionCount(topic); partition++) {
      const last = await log.last(topic, partition);
      if (last !== null && isReadable(topic, last)) ends.push({ topic, partition, offset: last.offset });
    }
  }
  return ends;
}

/** What the projector cannot read moves no position of its own: the next record that it can read moves it. */
function isReadable(topic: TopicName, { value }: LogRecord): boolean {
  const schema: z.ZodType = topics[topic].schema;
  return value === null || parsed(schema, value) !== null;
}

async function behind(database: DataSource, ends: readonly End[]): Promise<string[]> {
  const rows = await database.manager.find(PositionEntity);
  const positionOf = new Map(rows.map(({ topic, partition, position }) => [`${topic}/${partition}`, position]));
  return ends
    .filter(({ topic, partition, offset }) => (positionOf.get(`${topic}/${partition}`) ?? 0) <= offset)
    .map(({ topic, partition }) => `${topic}/${partition}`);
}
