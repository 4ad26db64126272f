/** Asks one after the other, without waiting for long for any: who is slow may still answer first. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from './kafka-error.ts';

/**
 * The next one is asked when the one before has failed, or has been silent for `hedgeMs`. @throws the last error when
 * all have failed
 */
export async function firstAnswer<Answer>(asks: readonly (() => Promise<Answer>)[], hedgeMs: number): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>();
  let isAnswered = false;
  const attempts: Promise<unknown>[] = [];
  for (const ask of asks) {
    if (isAnswered) break;
    const attempt = ask().then((answer) => {
      isAnswered = true;
      answered.resolve(answer);
    });
    attempts.push(attempt);
    const failed = attempt.catch(() => undefined);
    await Promise.race([answered.promise, failed, sleep(hedgeMs, undefined, { ref: false })]);
  }
  const outcomes = Promise.allSettled(attempts).then((settled) =>
    settled.findLast(({ status }) => status === 'rejected'),
  );
  void outcomes.then((last) => {
    const none = new KafkaError('NOT_CONNECTED', 'No node is known');
    answered.reject(last?.status === 'rejected' ? last.reason : none);
  });
  return answered.promise;
}
