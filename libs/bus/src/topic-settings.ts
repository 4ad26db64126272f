/** The topics of the contracts as the log is asked to create them. */
import { topics } from '@quorate/contracts';
import type { TopicSettings } from './log.ts';

/** `partitionCount` is the installation's: it must never change. */
export function topicSettings(partitionCount: number): readonly TopicSettings[] {
  return Object.entries(topics).map(([name, { partitions, retention }]) => ({
    name,
    partitionCount: partitions === 'one' ? 1 : partitionCount,
    retention,
  }));
}
