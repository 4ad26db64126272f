/** Where a step takes its group's positions: the same decision on every engine. */
import { BusConfigurationError } from './errors.ts';
import type { Guarantee } from './log.ts';

export interface StepPositions {
  readonly guarantee: Guarantee;
  /** What the group has committed of a stream; null where nothing is. */
  readonly committed: (stream: string) => number | null;
  /** Per stream, the offset behind everything that was handed over. */
  readonly handedOver: Readonly<Record<string, number>>;
  /** What the step still needs, where it says so. */
  readonly resumeFrom: Readonly<Record<string, number>> | undefined;
}

/**
 * By stream, the positions that move: never back, nor beyond what was handed over. None where the task keeps them
 * itself. @throws BusConfigurationError when `resumeFrom` names what is no stream
 */
export function movedPositions(step: StepPositions): ReadonlyMap<string, number> {
  const { guarantee, committed, handedOver, resumeFrom = {} } = step;
  const moved = new Map<string, number>();
  if (guarantee === 'external') return moved;
  for (const [stream, wish] of Object.entries({ ...handedOver, ...resumeFrom })) {
    const end = handedOver[stream];
    if (end === undefined) throw new BusConfigurationError(`resumeFrom names ${stream}, which is no stream`);
    const offset = Math.min(wish, end);
    if (offset > (committed(stream) ?? 0)) moved.set(stream, offset);
  }
  return moved;
}
