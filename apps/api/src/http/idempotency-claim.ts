/** The claim that a request has on its `Idempotency-Key`: whoever saves its change saves its answer with it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { IdempotencyKeyEntity } from './idempotency-key.entity.ts';

interface Claim {
  readonly key: string;
  readonly seal: (answer: unknown) => string;
  isAnswered: boolean;
}

const claims = new AsyncLocalStorage<Claim>();

/** Performs a request under a claim; what it answered is saved, with its change where it makes one. */
export async function performClaimed(
  { key, seal }: Pick<Claim, 'key' | 'seal'>,
  manager: EntityManager,
  perform: () => Promise<unknown>,
): Promise<unknown> {
  const claim: Claim = { key, seal, isAnswered: false };
  return claims.run(claim, async () => {
    const answer = await perform();
    if (!claim.isAnswered) await saveAnswer(manager, answer);
    return answer;
  });
}

/** Saves the answer of the request under way; nothing where it has no key. */
export async function saveAnswer(manager: EntityManager, answer: unknown): Promise<void> {
  const claim = claims.getStore();
  if (claim === undefined) return;
  await manager.update(IdempotencyKeyEntity, { key: claim.key }, { answer: claim.seal(answer) });
  claim.isAnswered = true;
}
