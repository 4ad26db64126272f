/** What every service is once it runs, whichever process hosts it. */

export interface ServiceHealth {
  /** Whether it does its work just now. */
  readonly ready: boolean;
  /** One sentence: what it waits for, or what it holds. */
  readonly detail: string;
}

export interface RunningService {
  readonly name: string;
  health(): ServiceHealth;
  /** Stops intake, lets what runs end (bounded) and leaves. */
  close(): Promise<void>;
}
