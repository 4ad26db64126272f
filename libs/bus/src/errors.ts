/** What can go wrong at the bus. Each says whether the same call may succeed later without anyone changing anything. */
import { QuorateError } from '@quorate/contracts';

export class BusUnavailableError extends QuorateError {
  override readonly name = 'BusUnavailableError';
  readonly code = 'QRT_BUS_UNAVAILABLE';
  readonly retryable = true;
}

/** The installation contradicts itself: a topic with another partition count, a garbage file, a second owner. */
export class BusConfigurationError extends QuorateError {
  override readonly name = 'BusConfigurationError';
  readonly code = 'QRT_BUS_CONFIGURATION';
  readonly retryable = false;
}
