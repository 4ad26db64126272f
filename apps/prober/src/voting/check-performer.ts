/** Performs a check from this region: the probe, and all our own reasons not to hold its outcome against the target. */
import {
  mapProbeSecrets,
  sealedPrefix,
  type Check,
  type Evidence,
  type Instant,
  type Probe,
  type Reason,
} from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import { performProbe } from '../probes/probe.ts';
import type { ProbeContext } from '../probes/probe-context.ts';
import type { ProbeSurroundings } from '../probes/surroundings.ts';
import type { StallWatch } from './stall-watch.ts';

/**
 * How far a probe may reach past the check's append time plus its timeout: the aggregator's window stays open for
 * longer than that (its grace is 2 s).
 */
const overtimeMs = 1_000;

export interface CheckPerformerParts {
  readonly surroundings: ProbeSurroundings;
  readonly secretBox: SecretBox;
  readonly stallWatch: StallWatch;
  readonly logger: Logger;
  /** The log's present. */
  now(): Instant;
}

function abstention(reason: Reason, message: string, startedAt: Instant): Evidence {
  return {
    outcome: 'abstain',
    reason,
    message,
    startedAt,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 0 },
    statusCode: null,
    address: null,
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
  };
}

/** A probe that had less than its time cannot blame the target for taking it. */
function judgeHaste(evidence: Evidence, timeoutMs: number, check: Check): Evidence {
  const isShortened = timeoutMs < check.timeoutMs;
  if (!isShortened || evidence.reason?.startsWith('timeout.') !== true) return evidence;
  const message = `the prober began too late to wait as long as it should: ${evidence.message}`;
  return { ...evidence, outcome: 'abstain', reason: 'prober.missed', message: message.slice(0, 1_024) };
}

export class CheckPerformer {
  readonly #parts: CheckPerformerParts;

  constructor(parts: CheckPerformerParts) {
    this.#parts = parts;
  }

  /** Never rejects. `appendedAt` is when the check was announced, by the log's clock. */
  async perform(check: Check, appendedAt: Instant): Promise<Evidence> {
    const { signal } = this.#parts.surroundings;
    const startedAt = this.#parts.now();
    const lateMs = startedAt - appendedAt;
    if (signal.aborted) return abstention('prober.missed', 'the prober was stopped before the probe began', startedAt);
    if (lateMs > check.timeoutMs) {
      const message = `the prober came to the check ${lateMs} ms after it was announced, past its deadline`;
      return abstention('prober.missed', message, startedAt);
    }
    try {
      return await this.#probe(check, {
        startedAt,
        timeoutMs: Math.min(check.timeoutMs, check.timeoutMs + overtimeMs - lateMs),
      });
    } catch (error) {
      this.#parts.logger.error('A probe failed by the prober’s own fault', { monitorId: check.monitorId, error });
      return abstention('prober.internal', `the prober failed: ${(error as Error).message}`.slice(0, 1_024), startedAt);
    }
  }

  async #probe(check: Check, time: Pick<ProbeContext, 'startedAt' | 'timeoutMs'>): Promise<Evidence> {
    const { surroundings, stallWatch } = this.#parts;
    const since = performance.now();
    const probe = this.#open(check);
    const evidence = await performProbe(probe, {
      ...surroundings,
      ...time,
      monitorKey: check.monitorId,
      dueAt: check.dueAt,
    });
    return stallWatch.judge(judgeHaste(evidence, time.timeoutMs, check), since);
  }

  #open({ probe, monitorId }: Check): Probe {
    return mapProbeSecrets(probe, (secret, field) =>
      secret.startsWith(sealedPrefix)
        ? this.#parts.secretBox.open(secret, { entity: 'monitor', id: monitorId, field })
        : secret,
    );
  }
}
