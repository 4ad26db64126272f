/** After the integration suites: stops the Kafka that was started for them, and says so if there was none. */
import { sharedKafka } from './kafka.config.ts';
import type { KafkaCluster } from './start-kafka.ts';

/** Jest may load the set-up and the tear-down as two copies of this module, so the cluster is kept outside of it. */
const kept = globalThis as { quorateSharedKafka?: KafkaCluster };

export function keepForTeardown(cluster: KafkaCluster): void {
  kept.quorateSharedKafka = cluster;
}

// eslint-disable-next-line no-restricted-syntax -- Jest takes a tear-down by default export only.
export default async function tearDown(): Promise<void> {
  await kept.quorateSharedKafka?.stop();
  const shared = sharedKafka();
  if (shared.available) return;
  process.stderr.write(
    `\nThe Kafka suites did NOT run: ${shared.reason}. Install Java 17 and Maven, or set KAFKA_BROKERS.\n`,
  );
}
