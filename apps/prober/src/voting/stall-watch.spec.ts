import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Evidence, Reason } from '@quorate/contracts';
import { StallWatch } from './stall-watch.ts';

let watch: StallWatch;

beforeEach(() => {
  watch = new StallWatch();
});
afterEach(() => watch.close());

function evidenceOf(reason: Reason | null): Evidence {
  return {
    outcome: reason === null ? 'up' : 'down',
    reason,
    message: reason,
    startedAt: 0,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 0 },
    statusCode: null,
    address: null,
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
  };
}

function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('after the process stood still', () => {
  it.each<Reason>(['timeout.response', 'timeout.total', 'connect.reset', 'http.partial', 'slow'])(
    '%s is no word against the target',
    (reason) => {
      const since = performance.now();
      standStill(600);
      expect(watch.judge(evidenceOf(reason), since)).toMatchObject({ outcome: 'abstain', reason: 'prober.stalled' });
    },
  );

  it.each<Reason | null>(['status.unexpected', 'connect.refused', 'tls.expired', 'dns.nxdomain', null])(
    '%s is still what was seen',
    (reason) => {
      const since = performance.now();
      standStill(600);
      expect(watch.judge(evidenceOf(reason), since)).toEqual(evidenceOf(reason));
    },
  );

  it('a probe that began later is judged as ever', () => {
    standStill(600);
    watch.longestSince(0);
    const since = performance.now();
    expect(watch.judge(evidenceOf('timeout.response'), since)).toMatchObject({ outcome: 'down' });
  });
});
