/** The Kafka that an end-to-end suite runs on: the user's, or one of its own. */
import { openKafkaLog } from '@quorate/bus';
import { sharedKafka, startKafka } from '@quorate/kafka-broker';

export interface Brokers {
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** @throws Error when brokers were given on which Quorate has run: what it left there would run along. */
async function checkUnused(addresses: readonly string[]): Promise<void> {
  const onFatal = (error: Error) => {
    throw error;
  };
  const log = await openKafkaLog({ brokers: addresses, clientId: 'e2e', onFatal });
  const isUsed = hasTopic(() => log.partitionCount('monitors'));
  await log.close();
  if (isUsed)
    throw new Error(`KAFKA_BROKERS (${addresses.join(', ')}) has Quorate's topics already: name an empty cluster`);
}

function hasTopic(look: () => number): boolean {
  try {
    return look() > 0;
  } catch {
    // There is no such topic.
    return false;
  }
}

export async function brokersForSuite(): Promise<Brokers> {
  const { given, brokers } = sharedKafka();
  if (given) {
    await checkUnused(brokers);
    return { addresses: brokers, stop: () => Promise.resolve() };
  }
  const kafka = await startKafka({ brokers: 1 });
  return { addresses: kafka.brokers, stop: () => kafka.stop() };
}
