/** A pass of the auditor was given up; the next one begins anew. */
import { QuorateError } from '@quorate/contracts';

export class AuditAbandonedError extends QuorateError {
  override readonly name = 'AuditAbandonedError';
  readonly code = 'QRT_AUDIT_ABANDONED';
  readonly retryable = true;

  constructor(why: string) {
    super(`The pass of the auditor was given up: ${why}`);
  }
}
