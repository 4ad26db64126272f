/** What can keep PostgreSQL from starting, with the remedy in the message. */
import { QuorateError } from '@quorate/contracts';

export class PostgresStartError extends QuorateError {
  override readonly name = 'PostgresStartError';
  readonly code = 'QRT_POSTGRES_START';
  readonly retryable = false;
}
