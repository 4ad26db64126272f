/** The jobs that are watched by their pings: each can fall silent, tell of failures, or come late. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RestClient } from '../e2e/rest-client.ts';
import { heardLateMsMax, type PingGate } from './ping-gate.ts';
import { pick } from './seeded-choice.ts';
import { everyone, nobody, type Subject } from './subject.ts';

const everySeconds = 5;
/** Longer than what any fault holds up a ping for, next to one that comes late by script. */
const graceSeconds = 20;
/** Between two pings of a job that is late: within its grace, so this must page nobody. */
const lateMs = 12_000;
const lateShare = 0.25;
const againMs = 1_000;

type State = 'healthy' | 'late' | 'silent' | 'failing';
const outages = ['silent', 'failing'] as const;

export interface JobSettings {
  readonly client: RestClient;
  readonly gate: PingGate;
  readonly name: string;
  readonly channelId: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Once aborted it pings no more. */
  readonly signal: AbortSignal;
}

export class Job implements Subject {
  readonly kind = 'job';
  readonly monitorId: string;
  readonly #token: string;
  readonly #settings: JobSettings;
  #state: State = 'healthy';
  #underWay: Promise<void> = Promise.resolve();
  /** Until when a ping may be heard that had no answer. */
  #inDoubtUntil = 0;

  private constructor(settings: JobSettings, monitor: { readonly id: string; readonly token: string }) {
    this.#settings = settings;
    this.monitorId = monitor.id;
    this.#token = monitor.token;
    // Only the end of the trial ends it.
    this.#run().catch(() => undefined);
  }

  /** Adds its monitor, and pings from then on. */
  static async begin(settings: JobSettings): Promise<Job> {
    const { client, name, channelId, intervalSeconds, timeoutSeconds } = settings;
    const monitor = await client.call<{ id: string; heartbeat: { token: string } }>('POST', '/monitors', {
      ...{ name, type: 'heartbeat', intervalSeconds, timeoutSeconds, channelIds: [channelId] },
      heartbeat: { everySeconds, graceSeconds },
    });
    return new Job(settings, { id: monitor.id, token: monitor.heartbeat.token });
  }

  async settled(signal: AbortSignal): Promise<void> {
    await this.#underWay;
    for (let restMs = this.#inDoubtMs(); restMs > 0; restMs = this.#inDoubtMs()) {
      await delay(restMs, undefined, { signal });
      await this.#underWay;
    }
  }

  fail(random: () => number): string {
    this.#state = random() < lateShare ? 'late' : pick(outages, random);
    return this.#state === 'late' ? nobody : everyone;
  }

  heal(): void {
    this.#state = 'healthy';
  }

  #inDoubtMs(): number {
    return this.#inDoubtUntil - Date.now();
  }

  async #run(): Promise<void> {
    const { signal } = this.#settings;
    while (!signal.aborted) {
      if (this.#state !== 'silent') {
        this.#underWay = this.#ping();
        await this.#underWay;
      }
      await delay(this.#state === 'late' ? lateMs : everySeconds * 1_000, undefined, { signal });
    }
  }

  /** Until it is heard, as `curl --retry` does. */
  async #ping(): Promise<void> {
    const { gate, signal } = this.#settings;
    const path = `/heartbeats/${this.#token}${this.#state === 'failing' ? '/1' : ''}`;
    while (!signal.aborted) {
      const outcome = await gate.send(path);
      if (outcome === 'unknown') this.#inDoubtUntil = Date.now() + heardLateMsMax;
      if (outcome === 'heard') return;
      await delay(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
