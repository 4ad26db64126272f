/** Notices when this process did not get to run: what it then timed says nothing of any target. */
import { uptime } from 'node:os';
import type { Evidence, Reason } from '@quorate/contracts';
import { LostTime, tickMs, type Clocks, type LostTimeMark } from './lost-time.ts';
import { withdraw } from './withdraw.ts';

/** What a stall can make of a healthy target. A 503 or a wrong certificate it cannot. */
const reasonsOfTime = new Set<Reason>([
  'timeout.dns',
  'timeout.connect',
  'timeout.tls',
  'timeout.response',
  'timeout.total',
  'auth.timeout',
  'connect.reset',
  'tls.handshake',
  'http.empty',
  'http.partial',
  'slow',
  'icmp.loss',
]);

const readClocks = (): Clocks => ({ nowMs: performance.now(), uptimeMs: uptime() * 1_000 });

export class StallWatch {
  readonly #lostTime = new LostTime(readClocks());
  readonly #timer: NodeJS.Timeout;

  /** `stalled` hears of each standstill that is worth a word. */
  constructor(stalled: (ms: number) => void = () => undefined) {
    const tick = (): void => {
      const ms = this.#lostTime.tick(readClocks());
      if (ms > 0) stalled(ms);
    };
    this.#timer = setInterval(tick, tickMs).unref();
  }

  mark(): LostTimeMark {
    return this.#lostTime.mark(performance.now());
  }

  /** Turns a failure that a stall may have made into an abstention. */
  judge(evidence: Evidence, since: LostTimeMark): Evidence {
    if (evidence.reason === null || !reasonsOfTime.has(evidence.reason)) return evidence;
    const ms = Math.round(this.#lostTime.stallMs(since, readClocks()));
    return ms === 0 ? evidence : withdraw(evidence, 'prober.stalled', `the prober stood still for ${ms} ms`);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
