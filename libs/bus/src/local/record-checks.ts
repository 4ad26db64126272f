/** Refuses records that must not be written. */
import { BusConfigurationError } from '../errors.ts';
import type { OutgoingRecord } from '../log.ts';
import type { TopicTable } from './topic-table.ts';

/** @throws BusConfigurationError for a topic or partition that is not there, or a key of the bus's own. */
export function checkRecords(records: readonly OutgoingRecord[], topics: TopicTable): void {
  for (const { topic, partition, key } of records) {
    const { partitionCount } = topics.get(topic);
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount) {
      throw new BusConfigurationError(`Topic ${topic} has no partition ${partition}; it has ${partitionCount}.`);
    }
    if (key.startsWith('~')) throw new BusConfigurationError(`Key ${key}: keys that start with ~ are the bus's own.`);
  }
}

/** @throws BusConfigurationError when the records are not all of one partition. */
export function checkOnePartition(records: readonly OutgoingRecord[]): void {
  const [first] = records;
  if (records.some(({ topic, partition }) => topic !== first?.topic || partition !== first.partition)) {
    throw new BusConfigurationError('One append writes to one partition of one topic; split it.');
  }
}
