/** The base of every error that Quorate makes itself. */
export abstract class QuorateError extends Error {
  abstract readonly code: `QRT_${Uppercase<string>}`;
  /** Whether the same call may succeed later without anyone changing anything. */
  abstract readonly retryable: boolean;
}
