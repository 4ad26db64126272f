/** Why a probe does not say "up": a value, for a target that is down is our business and not our failure. */
import type { Reason } from '@quorate/contracts';

export class Failure {
  readonly reason: Reason;
  /** One sentence that a person understands. */
  readonly message: string;

  constructor(reason: Reason, message: string) {
    this.reason = reason;
    this.message = message;
  }

  /** A prober that doubts itself casts no vote against the target. */
  get outcome(): 'down' | 'abstain' {
    return this.reason.startsWith('prober.') ? 'abstain' : 'down';
  }
}
