import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Evidence, Reason } from '@quorate/contracts';
import { StallWatch } from './stall-watch.ts';

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

const ofTime: readonly Reason[] = ['timeout.response', 'timeout.total', 'connect.reset', 'http.partial', 'slow'];
const others: readonly (Reason | null)[] = [
  'status.unexpected',
  'connect.refused',
  'tls.expired',
  'dns.nxdomain',
  null,
];

describe('after the process stood still', () => {
  const stalls: number[] = [];
  const watch = new StallWatch((ms) => stalls.push(ms));
  const judged = new Map<Reason | null, Evidence>();

  /** All at once: a probe that goes on for long enough has had its time. */
  beforeAll(() => {
    const since = watch.mark();
    standStill(400);
    for (const reason of [...ofTime, ...others]) judged.set(reason, watch.judge(evidenceOf(reason), since));
  });
  afterAll(() => watch.close());

  it.each(ofTime)('%s is no word against the target, and is told all the same', (reason) => {
    const { message } = judged.get(reason)!;
    expect(judged.get(reason)).toMatchObject({ outcome: 'abstain', reason: 'prober.stalled' });
    expect(message).toMatch(/^the prober stood still for \d+ ms, .*: what was seen \(\S+\)$/);
    expect(message).toContain(`(${reason})`);
  });

  it.each(others)('%s is still what was seen', (reason) => {
    expect(judged.get(reason)).toEqual(evidenceOf(reason));
  });

  it('a probe that began later is judged as ever', () => {
    expect(watch.judge(evidenceOf('timeout.response'), watch.mark())).toMatchObject({ outcome: 'down' });
  });

  it('its operators hear of it', async () => {
    while (stalls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(stalls[0]).toBeGreaterThanOrEqual(300);
  });
});
