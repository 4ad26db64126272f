/** `npm run bench:bus`: a JSON line for each engine and rate. Kafka is `KAFKA_BROKERS`, or a broker of our own. */
import { openEmbeddedLog, openKafkaLog, type DurableLog } from '@quorate/bus';
import { kafkaAvailability, startKafka } from '@quorate/kafka-broker';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from './bus-workload.ts';

const rates = [2_000, 8_000, 20_000];
const durationMs = 10_000;

function onFatal(error: Error): never {
  throw error;
}

async function measureAll(log: DurableLog): Promise<void> {
  try {
    for (const rate of rates) {
      const run = `bench-${Date.now()}`;
      console.log(JSON.stringify(await measure(log, { rate, durationMs, run })));
    }
  } finally {
    await log.close();
  }
}

async function measureEmbedded(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'quorate-bench-'));
  try {
    await measureAll(await openEmbeddedLog({ directory, onFatal }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function measureKafka(brokers: readonly string[]): Promise<void> {
  await measureAll(await openKafkaLog({ brokers, clientId: 'bench', onFatal }));
}

async function measureOwnKafka(): Promise<void> {
  const availability = kafkaAvailability();
  if (!availability.available) {
    console.error(`Kafka was not measured: ${availability.reason}. KAFKA_BROKERS names a cluster instead.`);
    return;
  }
  const cluster = await startKafka({ brokers: 1 });
  await measureKafka(cluster.brokers).finally(() => cluster.stop());
}

await measureEmbedded();
const given = process.env['KAFKA_BROKERS'] ?? '';
await (given === '' ? measureOwnKafka() : measureKafka(given.split(',')));
