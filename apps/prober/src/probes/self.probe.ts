/** The probe of Quorate itself: it dials nobody, so its vote says only that this prober, and the way here, work. */
import type { Drill, Evidence, Instant, SelfProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import type { RoundContext } from './probe-context.ts';

/** Whether a drill plays its outage in the round of `dueAt`; all regions say the same, whatever their clocks say. */
function isPlayedDown({ startsAt, periodSeconds, downSeconds }: Drill, dueAt: Instant): boolean {
  return dueAt >= startsAt && (dueAt - startsAt) % (periodSeconds * 1_000) < downSeconds * 1_000;
}

export function probeSelf({ drill }: SelfProbe, context: RoundContext): Promise<Evidence> {
  const attempt = new Attempt(context);
  attempt.finish();
  const isDown = drill !== null && isPlayedDown(drill, context.dueAt);
  const failure = isDown ? new Failure('drill', 'this is a drill, nothing is broken') : null;
  return Promise.resolve(evidenceOf(attempt, { failure, answer: '', secrets: [] }));
}
