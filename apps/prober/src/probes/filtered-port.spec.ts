/** A port behind a filter that drops what comes (a SYN without an answer), as each kind of probe sees it. */
import { expect, it } from '@jest/globals';
import { probeSchema } from '@quorate/contracts';
import { startBlackHole } from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { performProbe } from './probe.ts';

const stage = await openProbeStage();
const timeoutMs = 200;

type Target = (host: string, port: number) => object;

const hostAndPort: Target = (host, port) => ({ host, port });
const rows: [string, Target][] = [
  ['http', (host, port) => ({ url: `http://${host}:${port}/` })],
  ['tcp', hostAndPort],
  ['tls', hostAndPort],
  ['smtp', hostAndPort],
  ['grpc', hostAndPort],
  ['websocket', (host, port) => ({ url: `ws://${host}:${port}/` })],
  ['postgresql', (host, port) => ({ host, port, username: 'watcher' })],
  ['mysql', (host, port) => ({ host, port, username: 'watcher' })],
  ['redis', hostAndPort],
  ['mongodb', hostAndPort],
  ['mqtt', hostAndPort],
  ['amqp', (host, port) => ({ host, port, username: 'watcher', password: 'secret' })],
];

it('a filtered port is down at the deadline, while connecting, for each kind of probe', async () => {
  const hole = await stage.serve(startBlackHole());
  const seen = await Promise.all(
    rows.map(async ([type, targetOf]) => {
      const probe = probeSchema.parse({ type, [type]: targetOf('127.0.0.1', hole.port) });
      const { outcome, reason, message, phases } = await performProbe(probe, stage.context({ timeoutMs }));
      return [type, outcome, reason, message, phases.totalMs >= timeoutMs - 1 && phases.totalMs < 3 * timeoutMs];
    }),
  );
  const message = 'timed out after 0.2 s, connecting';
  expect(seen).toEqual(rows.map(([type]) => [type, 'down', 'timeout.connect', message, true]));
});
