/** What is watched, as the script of outages knows it: it fails and heals when it is told to. */

/** Who sees a failure: a region, or one of these. Nobody does where Quorate has to bear with it. */
export const everyone = 'everyone';
export const nobody = 'nobody';

export interface Subject {
  readonly monitorId: string;
  /** What it is, for people. */
  readonly kind: string;
  /** Resolves when nothing of what it said before can arrive any more: only then it may fail or heal. */
  settled(signal: AbortSignal): Promise<void>;
  /** Returns who sees it. */
  fail(random: () => number): string;
  heal(): void;
}
