/** Appends records to one partition, and learns from the answer what time it is at the broker. */
import type { OutgoingRecord } from '@quorate/bus';
import type { ClusterParts } from './cluster-parts.ts';

/** @throws BusUnavailableError; the records may or may not have been written. */
export async function appendTo(parts: ClusterParts, records: readonly OutgoingRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { host, network, broker, clock } = parts;
  const sentAt = clock.local();
  clock.appended(sentAt, await network.ask(host, `append ${first.topic}`, () => broker.append(records)));
}
