/** Starts a local Kafka by hand: `npm run kafka [-- 3]` prints KAFKA_BROKERS and stops on SIGINT or SIGTERM. */
import { startKafka } from './start-kafka.ts';

const cluster = await startKafka({ brokers: process.argv[2] === '3' ? 3 : 1 });
process.stdout.write(`KAFKA_BROKERS=${cluster.brokers.join(',')}\n`);

/** The nodes alone do not keep this process running. */
const running = setInterval(() => undefined, 2 ** 30);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cluster.stop().finally(() => clearInterval(running)));
}
