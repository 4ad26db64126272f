/** What a decision asks its caller to write down and to tell. */
import type {
  Alert,
  Check,
  Instant,
  LateVote,
  RoundClosed,
  RoundIdentity,
  StatusChanged,
  Verdict,
} from '@quorate/contracts';

/** `parent` is the trace context (W3C `traceparent`) that caused the effect. */
interface Caused {
  readonly parent: string | null;
}

/** A verdict fell: nothing to write, but something to trace and to count. */
export interface VerdictFell extends Caused {
  readonly kind: 'verdict-fell';
  readonly round: RoundIdentity;
  readonly verdict: Verdict;
  readonly decidedAt: Instant;
  readonly expectedCount: number;
  readonly voteCount: number;
  readonly downCount: number;
  /** Whether it counts for the monitor's status; a manual round does not, nor one of an older version. */
  readonly counts: boolean;
}

export type Effect =
  | VerdictFell
  | (Caused & { readonly kind: 'confirmation'; readonly check: Check })
  | (Caused & { readonly kind: 'round-closed'; readonly record: RoundClosed })
  | (Caused & { readonly kind: 'late-vote'; readonly record: LateVote })
  | (Caused & { readonly kind: 'status-changed'; readonly record: StatusChanged })
  | (Caused & { readonly kind: 'alert'; readonly alert: Alert });
