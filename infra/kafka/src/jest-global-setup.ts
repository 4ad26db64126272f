/** Before the integration suites: finds or starts the Kafka that they share, or says why there is none. */
import { kafkaAvailability } from './availability.ts';
import { keepForTeardown } from './jest-global-teardown.ts';
import { givenBrokers, runsInCi, share } from './kafka.config.ts';
import { startKafka } from './start-kafka.ts';

// eslint-disable-next-line no-restricted-syntax -- Jest takes a set-up by default export only.
export default async function setUp(): Promise<void> {
  const given = givenBrokers();
  if (given !== null) return share({ available: true, brokers: given });
  const availability = kafkaAvailability();
  if (!availability.available && runsInCi()) {
    throw new Error(`The Kafka suites cannot run: ${availability.reason}`);
  }
  if (!availability.available) return share(availability);
  const cluster = await startKafka({ brokers: 1 });
  keepForTeardown(cluster);
  share({ available: true, brokers: cluster.brokers });
}
