/** Says every two seconds that this prober lives, and at an orderly end that it does no more. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DurableLog } from '@quorate/bus';
import { heartbeatIntervalMs, heartbeatKey, type Heartbeat } from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';
import type { Voter } from './voting/ballot-box.ts';

const goodbyeMs = 2_000;

export interface HeartbeatSettings {
  readonly log: DurableLog;
  readonly logger: Logger;
  readonly voter: Voter;
  readonly version: string;
  readonly isIsolated: () => boolean;
}

export class HeartbeatLoop {
  readonly #settings: HeartbeatSettings;
  readonly #startedAt: number;
  #timer: NodeJS.Timeout | null = null;
  #beating: Promise<void> = Promise.resolve();
  #isBeating = false;
  #isHeard = false;

  constructor(settings: HeartbeatSettings) {
    this.#settings = settings;
    this.#startedAt = settings.log.now();
  }

  /** Whether the log took the newest heartbeat. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tick(), heartbeatIntervalMs);
    this.#tick();
    await this.#beating;
  }

  /** The last word: the scheduler then expects no vote of this prober. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const goodbye = this.#beating.then(() => this.#beat('stopped'));
    // A log that answers nothing must not keep a process from ending.
    await Promise.race([goodbye, delay(goodbyeMs, undefined, { ref: false })]);
  }

  #tick(): void {
    if (this.#isBeating) return;
    this.#isBeating = true;
    this.#beating = this.#beat('running').finally(() => {
      this.#isBeating = false;
    });
  }

  async #beat(state: Heartbeat['state']): Promise<void> {
    const { log, logger, voter, version, isIsolated } = this.#settings;
    const heartbeat: Heartbeat = {
      v: 1,
      ...voter,
      version,
      startedAt: this.#startedAt,
      at: log.now(),
      state,
      isolated: isIsolated(),
    };
    const record = { topic: 'heartbeats', partition: 0, key: heartbeatKey(voter), value: JSON.stringify(heartbeat) };
    try {
      await log.append([record]);
      this.#isHeard = true;
    } catch (error) {
      // The next beat tries again; silence meanwhile is what the others are meant to notice.
      if (this.#isHeard) logger.warn('Heartbeats cannot be written', { error });
      this.#isHeard = false;
    }
  }
}
