/**
 * Makes one try at a delivery. What is promised: one intent per transition; at-least-once sends with a stable
 * idempotency key (PagerDuty's `dedup_key`, `webhook-id`); a duplicate is possible when a process dies between a send
 * and its record, or when the other side accepted but its answer was lost; receivers can drop it by that key.
 */
import { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import { retryAfterMs, type AttemptResult } from '@quorate/alerting';
import { mapChannelSecrets, type ChannelRecord, type Delivery, type Instant } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import { metrics, startSpan, traceHeaders, traceIdOf, type RecordHeaders } from '@quorate/telemetry';
import type { Dispatcher } from 'undici';
import { channelTypeOf } from './channels/channel.ts';
import type { ChannelCall, Judgement } from './channels/channel-call.ts';
import { cut } from './channels/cut.ts';
import { makeCall, type CallOutcome } from './http-call.ts';

const errorCharactersMax = 512;
/** Shorter ones are not secrets, and replacing them would only make errors unreadable. */
const secretCharactersMin = 6;

export interface SenderSettings {
  readonly agent: Dispatcher;
  readonly secretBox: SecretBox;
  readonly publicUrl: string | null;
  readonly version: string;
  readonly deadlineMs: number;
  readonly now: () => Instant;
}

export interface Try {
  readonly channel: ChannelRecord;
  readonly delivery: Delivery;
  /** When it was decided upon, by `performance.now`: its time runs from then on. */
  readonly decidedAtMs: number;
  /** The trace that the delivery's record carries. */
  readonly headers: RecordHeaders;
  readonly signal: AbortSignal;
}

interface OpenedChannel {
  readonly channel: ChannelRecord;
  readonly secrets: readonly string[];
}

type Ending = Omit<AttemptResult, 'at' | 'durationMs'>;

export class Sender {
  readonly #settings: SenderSettings;

  constructor(settings: SenderSettings) {
    this.#settings = settings;
  }

  /** Never rejects: what goes wrong is the result. */
  async try(attempt: Try): Promise<AttemptResult> {
    const { channel, delivery, headers } = attempt;
    const span = startSpan('delivery.attempt', {
      parent: headers,
      kind: SpanKind.CLIENT,
      attributes: { 'quorate.delivery.id': delivery.deliveryId, 'quorate.channel.type': channel.type },
    });
    const at = this.#settings.now();
    const startedAt = performance.now();
    const ending = await this.#send(attempt, span);
    const result: AttemptResult = { ...ending, at, durationMs: Math.round((performance.now() - startedAt) * 10) / 10 };
    endSpan(span, result);
    metrics.deliveryAttempts.add(1, { type: channel.type, outcome: result.outcome });
    metrics.deliveryAttemptSeconds.record(result.durationMs / 1_000, { type: channel.type });
    if (isTakenPulse(delivery, result)) metrics.pulseSentAt.record(result.at / 1_000);
    return result;
  }

  async #send(attempt: Try, span: Span): Promise<Ending> {
    let opened: OpenedChannel = { channel: attempt.channel, secrets: [] };
    try {
      opened = this.#open(attempt.channel);
      const outcome = await this.#call(opened, attempt, span);
      return this.#endingOf(opened, outcome);
    } catch (cause) {
      // A secret sealed with another key, or a fact that has no words: an operator can mend it within the day.
      const error = cause instanceof Error ? cause.message : 'failed for an unknown reason';
      return { outcome: 'failed', statusCode: null, error: masked(error, opened.secrets), retryAfterMs: null };
    }
  }

  #open(channel: ChannelRecord): OpenedChannel {
    const secrets: string[] = [];
    const opened = mapChannelSecrets(channel, (sealed, field) => {
      const secret = this.#settings.secretBox.open(sealed, { entity: 'channel', id: channel.id, field });
      secrets.push(secret);
      return secret;
    });
    return { channel: opened, secrets };
  }

  #call({ channel }: OpenedChannel, { delivery, decidedAtMs, headers, signal }: Try, span: Span): Promise<CallOutcome> {
    const { agent, deadlineMs, publicUrl, version, now } = this.#settings;
    const handedOn = traceHeaders(span);
    const traceId = traceIdOf(handedOn) ?? traceIdOf(headers);
    const call: ChannelCall = channelTypeOf(channel).call(channel, { delivery, traceId, publicUrl, now: now() });
    const ownHeaders = { 'user-agent': `Quorate/${version}`, ...handedOn };
    return makeCall(call, {
      ...{ agent, signal, headers: ownHeaders },
      deadlineMs: untilExpiry(delivery, deadlineMs, now()),
      leavesUntilMs: decidedAtMs + deadlineMs,
    });
  }

  #endingOf({ channel, secrets }: OpenedChannel, outcome: CallOutcome): Ending {
    if (outcome.kind === 'failed') {
      const error = masked(outcome.error, secrets);
      return { outcome: outcome.retryable ? 'failed' : 'refused', statusCode: null, error, retryAfterMs: null };
    }
    const { statusCode, retryAfter } = outcome;
    const { outcome: judged, error }: Judgement = channelTypeOf(channel).judge(outcome);
    return {
      outcome: judged,
      statusCode,
      error: error === null ? null : masked(error, secrets),
      retryAfterMs: retryAfterMs(retryAfter, { dateAt: Date.parse(retryAfter ?? ''), now: this.#settings.now() }),
    };
  }
}

function isTakenPulse({ alert }: Delivery, { outcome }: AttemptResult): boolean {
  return alert.transition === 'pulse' && outcome === 'accepted';
}

/** A try ends when nobody wants to hear of it any more: a beat that arrives late would speak of the past. */
function untilExpiry({ alert }: Delivery, deadlineMs: number, now: Instant): number {
  return Math.max(1, Math.min(deadlineMs, (alert.expiresAt ?? Infinity) - now));
}

/** The other side may echo what it was sent; a secret must not end in a log or on a screen that way. */
function masked(error: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= secretCharactersMin);
  return cut(
    long.reduce((text, secret) => text.replaceAll(secret, '[secret]'), error),
    errorCharactersMax,
  );
}

function endSpan(span: Span, { outcome, statusCode, error }: AttemptResult): void {
  if (statusCode !== null) span.setAttribute('http.response.status_code', statusCode);
  if (outcome !== 'accepted') span.setStatus({ code: SpanStatusCode.ERROR, message: error ?? outcome });
  span.end();
}
