/**
 * Honours `Idempotency-Key` on POST: the first request is performed, and each repeat of it gets the same answer. A key
 * is kept for a day. A request that failed leaves no trace, so that it can be tried again.
 */
import { createHmac } from 'node:crypto';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { SecretBox } from '@quorate/runtime';
import type { Request } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { IsNull, type DataSource } from 'typeorm';
import { performClaimed } from './idempotency-claim.ts';
import { IdempotencyKeyEntity } from './idempotency-key.entity.ts';
import { ProblemError } from './problem.ts';

/** After this long a request that was never answered counts as lost with its process. */
const lostAfterMs = 120_000;
const keyPattern = /^[\x21-\x7e]{1,255}$/;

interface Collaborators {
  readonly database: DataSource;
  /** Answers may show a secret once, so they rest sealed. */
  readonly secretBox: SecretBox;
  /** Keys the fingerprints: a body may hold secrets that are easily guessed. */
  readonly pepper: string;
}

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  readonly #collaborators: Collaborators;

  constructor(collaborators: Collaborators) {
    this.#collaborators = collaborators;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const key = request.get('idempotency-key');
    if (request.method !== 'POST' || key === undefined) return next.handle();
    if (!keyPattern.test(key)) throw invalidKey();
    return from(this.#once(key, this.#fingerprintOf(request), () => lastValueFrom(next.handle())));
  }

  async #once(key: string, fingerprint: string, perform: () => Promise<unknown>): Promise<unknown> {
    const earlier = await this.#claim(key, fingerprint);
    if (earlier !== null) return this.#repeat(earlier, fingerprint);
    try {
      const seal = (answer: unknown) => this.#seal(key, answer);
      return await performClaimed({ key, seal }, this.#collaborators.database.manager, perform);
    } catch (error) {
      await this.#repository.delete({ key, answer: IsNull() });
      throw error;
    }
  }

  /** Null when the key is ours now; else the request that had it before. */
  async #claim(key: string, fingerprint: string): Promise<IdempotencyKeyEntity | null> {
    const claimed: unknown[] = await this.#collaborators.database.query(
      `INSERT INTO idempotency_keys AS earlier (key, fingerprint, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at
          WHERE earlier.answer IS NULL AND earlier.created_at < $4
        RETURNING key`,
      [key, fingerprint, new Date(), new Date(Date.now() - lostAfterMs)],
    );
    return claimed.length > 0 ? null : this.#repository.findOneByOrFail({ key });
  }

  #repeat({ key, fingerprint: earlier, answer }: IdempotencyKeyEntity, fingerprint: string): unknown {
    if (earlier !== fingerprint) {
      throw new ProblemError('QRT_IDEMPOTENCY_MISMATCH', 'The key came with another route or body; use a new one.');
    }
    if (answer === null) {
      throw new ProblemError(
        'QRT_IDEMPOTENCY_IN_PROGRESS',
        'The first request has no answer yet; try again in a moment.',
      );
    }
    return JSON.parse(this.#collaborators.secretBox.open(answer, placeOf(key))) as unknown;
  }

  #seal(key: string, answer: unknown): string {
    return this.#collaborators.secretBox.seal(JSON.stringify(answer ?? null), placeOf(key));
  }

  #fingerprintOf(request: Request): string {
    const body = JSON.stringify(request.body ?? null);
    return createHmac('sha256', this.#collaborators.pepper).update(`${request.originalUrl}\n${body}`).digest('hex');
  }

  get #repository() {
    return this.#collaborators.database.getRepository(IdempotencyKeyEntity);
  }
}

/** Only the creation of a channel shows a secret, so all answers are sealed as its. */
function placeOf(key: string) {
  return { entity: 'channel', id: key, field: 'answer' } as const;
}

function invalidKey(): ProblemError {
  const message = 'must be 1 to 255 visible ASCII characters';
  return new ProblemError('QRT_HEADER_INVALID', 'Idempotency-Key is invalid.', {
    errors: [{ pointer: '/Idempotency-Key', message }],
  });
}
