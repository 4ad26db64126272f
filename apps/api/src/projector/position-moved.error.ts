/** Another process has taken records in that this one was about to: it owns the partition now. */
import { QuorateError } from '@quorate/contracts';

export class PositionMovedError extends QuorateError {
  override readonly name = 'PositionMovedError';
  readonly code = 'QRT_POSITION_MOVED';
  readonly retryable = true;

  constructor(place: string) {
    super(`The read model is already past ${place}; another process projects this partition`);
  }
}
