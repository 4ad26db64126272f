/** Checks as the prober makes them: its queue, its probe with all phases, guard, deadline and assertions. */
import type { Probe } from '@quorate/contracts';
import { probeSchema } from '@quorate/contracts';
import { AddressGuard, allowLoopback, NameResolver } from '@quorate/outbound';
import { createSurroundings, performProbe, ProbeQueue, probeQueueLimitsDefault } from '@quorate/prober';
import { hostOf, isKept, isSecured, type BenchCase, type Origins } from './case.ts';
import type { Loop } from './loop.ts';

const timeoutMs = 10_000;

function probeOf(benchCase: BenchCase, index: number, port: number): Probe {
  const scheme = isSecured(benchCase) ? 'https' : 'http';
  return probeSchema.parse({
    type: 'http',
    http: {
      url: `${scheme}://${hostOf(benchCase, index)}:${port}/health`,
      connection: isKept(benchCase) ? 'reuse' : 'fresh',
      // The certificate is read and judged; it cannot be for thousands of addresses at once.
      tls: { verify: !isSecured(benchCase) },
      expect: {
        status: ['200-299'],
        headers: [{ name: 'content-type', contains: 'json' }],
        body: [{ contains: 'ok' }],
        json: [{ path: '$.status', equals: 'ok' }],
        maxResponseMs: timeoutMs,
      },
    },
  });
}

export function quorateLoop(benchCase: BenchCase, { port, nameServer, authority }: Origins): Loop {
  const surroundings = createSurroundings({
    guard: new AddressGuard(allowLoopback),
    region: 'bench',
    version: '0.1.0',
    signal: new AbortController().signal,
    resolver: new NameResolver({ servers: [nameServer] }),
    certificateAuthorities: authority,
  });
  const probes = Array.from({ length: benchCase.origins }, (_, index) => probeOf(benchCase, index, port));
  const queue = new ProbeQueue(probeQueueLimitsDefault);
  const perform = async (probe: Probe, index: number): Promise<void> => {
    const now = Date.now();
    const context = { ...surroundings, startedAt: now, dueAt: now, timeoutMs, monitorKey: `monitor-${index}` };
    const { outcome, message } = await performProbe(probe, context);
    if (outcome !== 'up') throw new Error(`origin ${index} is ${outcome}: ${message}`);
  };
  return {
    check: async (index) => {
      const probe = probes[index];
      if (probe === undefined) throw new RangeError(`there is no origin ${index}`);
      await new Promise<void>((resolve, reject) => {
        queue.add(`${hostOf(benchCase, index)}:${port}`, () => perform(probe, index).then(resolve, reject));
      });
    },
  };
}
