import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { closeServer, listenOnLoopback } from '@quorate/testing';
import { routingKey } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';

let stage: DeliveryStage;
let receiver: Server;

beforeEach(async () => {
  stage = await openDeliveryStage();
  receiver = createServer((_, response) => response.writeHead(202).end());
});

afterEach(async () => {
  await closeServer(receiver);
  await stage.end();
});

it('a receiver that refuses the connection is tried again, and told once it listens', async () => {
  const port = await listenOnLoopback(receiver);
  await closeServer(receiver);
  await stage.saveChannel({ pagerduty: { routingKey, url: `http://127.0.0.1:${port}/` } });
  await stage.run();
  await stage.raise('opened');
  await stage.until(async () => ((await stage.deliveries())[0]?.attempts.length ?? 0) > 0);
  const [failed] = (await stage.deliveries())[0]?.attempts ?? [];
  expect(failed).toMatchObject({ outcome: 'failed', statusCode: null, error: expect.stringMatching(/ECONNREFUSED/) });
  expect(failed?.error).not.toContain(routingKey);
  await new Promise<void>((resolve) => receiver.listen(port, '127.0.0.1', resolve));
  await stage.reach(['opened delivered']);
});
