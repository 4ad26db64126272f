/** The local Kafka of specs and benches, started for real. */
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { kafkaAvailability } from './availability.ts';
import { sharedKafka } from './kafka.config.ts';
import { startKafka } from './start-kafka.ts';

const startMsMax = 90_000;
const suite = kafkaAvailability().available ? describe : describe.skip;

async function takesConnections(broker: string | undefined): Promise<boolean> {
  const [host, port] = (broker ?? '').split(':');
  const socket = createConnection({ host: host ?? '', port: Number(port) });
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
}

suite('startKafka', () => {
  it(
    'starts a broker that can be killed, comes back on the same port, and is gone after stop',
    async () => {
      const cluster = await startKafka({ brokers: 1 });
      const [broker] = cluster.brokers;
      expect(await takesConnections(broker)).toBe(true);
      await cluster.kill(0);
      expect(await takesConnections(broker)).toBe(false);
      await cluster.restart(0);
      expect(await takesConnections(broker)).toBe(true);
      await cluster.stop();
      expect(await takesConnections(broker)).toBe(false);
    },
    startMsMax,
  );

  it('is shared by the integration suites of one run', async () => {
    const shared = sharedKafka();
    expect(shared.available && (await takesConnections(shared.brokers[0]))).toBe(true);
  });
});
