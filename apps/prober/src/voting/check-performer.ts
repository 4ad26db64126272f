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
import { Definitions } from './definitions.ts';
import type { SelfJudgement } from './self-judgement.ts';
import { withdraw } from './withdraw.ts';

/**
 * How far a probe may reach past the check's append time plus its timeout: the aggregator's window stays open for
 * longer than that (its grace is 2 s).
 */
const overtimeMs = 1_000;

/** And by when a vote that waits for a word of the canaries is cast: it must still be read before the window closes. */
const judgedWithinMs = 1_700;

export interface CheckPerformerParts {
  readonly surroundings: ProbeSurroundings;
  readonly secretBox: SecretBox;
  readonly selfJudgement: SelfJudgement;
  readonly logger: Logger;
  /** The log's present. */
  now(): Instant;
}

interface ProbeTime extends Pick<ProbeContext, 'startedAt' | 'timeoutMs'> {
  /** By when the vote must be cast, by the log's clock. */
  readonly endsAt: Instant;
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
  const isOfTime = evidence.reason === 'auth.timeout' || evidence.reason?.startsWith('timeout.') === true;
  if (!isShortened || !isOfTime) return evidence;
  return withdraw(evidence, 'prober.missed', 'the prober began too late to wait as long as it should');
}

export class CheckPerformer {
  readonly #parts: CheckPerformerParts;
  readonly #definitions = new Definitions();

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
      const timeoutMs = Math.min(check.timeoutMs, check.timeoutMs + overtimeMs - lateMs);
      return await this.#probe(check, { startedAt, timeoutMs, endsAt: appendedAt + check.timeoutMs + judgedWithinMs });
    } catch (error) {
      this.#parts.logger.error('A probe failed by the prober’s own fault', { monitorId: check.monitorId, error });
      return abstention('prober.internal', `the prober failed: ${(error as Error).message}`.slice(0, 1_024), startedAt);
    }
  }

  async #probe(check: Check, { startedAt, timeoutMs, endsAt }: ProbeTime): Promise<Evidence> {
    const { surroundings, selfJudgement } = this.#parts;
    const { monitorId, dueAt } = check;
    const since = selfJudgement.begin();
    const probe = this.#open(check);
    const context = { ...surroundings, startedAt, timeoutMs, dueAt, monitorKey: monitorId };
    const seen = await performProbe(probe, context);
    const waitMs = endsAt - this.#parts.now();
    return await selfJudgement.judge(judgeHaste(seen, timeoutMs, check), { monitorId, probe, since, waitMs });
  }

  /** Only definitions without secrets are remembered: in the clear a secret lives no longer than its check. */
  #open(check: Check): Probe {
    const remembered = this.#definitions.recall(check);
    if (remembered !== null) return remembered;
    let hasSecrets = false;
    const probe = mapProbeSecrets(check.probe, (secret, field) => {
      if (!secret.startsWith(sealedPrefix)) return secret;
      hasSecrets = true;
      return this.#parts.secretBox.open(secret, { entity: 'monitor', id: check.monitorId, field });
    });
    if (!hasSecrets) this.#definitions.remember(check, probe);
    return probe;
  }
}
