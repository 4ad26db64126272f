import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Evidence, Reason } from '@quorate/contracts';
import { StallWatch } from './stall-watch.ts';

let watch: StallWatch;
let stalls: number[];

beforeEach(() => {
  stalls = [];
  watch = new StallWatch((ms) => stalls.push(ms));
});
afterEach(() => watch.close());

function evidenceOf(reason: Reason | null): Evidence {
  return {
    outcome: reason === null ? 'up' : 'down',
    reason,
    message: reason === null ? null : 'what was seen',
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
    '%s is no word against the target, and is told all the same',
    (reason) => {
      const since = watch.mark();
      standStill(400);
      const judged = watch.judge(evidenceOf(reason), since);
      expect(judged).toMatchObject({ outcome: 'abstain', reason: 'prober.stalled' });
      expect(judged.message).toMatch(/^the prober stood still for \d+ ms, .*: what was seen \(\S+\)$/);
      expect(judged.message).toContain(`(${reason})`);
    },
  );

  it.each<Reason | null>(['status.unexpected', 'connect.refused', 'tls.expired', 'dns.nxdomain', null])(
    '%s is still what was seen',
    (reason) => {
      const since = watch.mark();
      standStill(400);
      expect(watch.judge(evidenceOf(reason), since)).toEqual(evidenceOf(reason));
    },
  );

  it('a probe that began later is judged as ever', () => {
    standStill(400);
    expect(watch.judge(evidenceOf('timeout.response'), watch.mark())).toMatchObject({ outcome: 'down' });
  });

  it('its operators hear of it', async () => {
    standStill(400);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(stalls).toHaveLength(1);
    expect(stalls[0]).toBeGreaterThanOrEqual(300);
  });
});
