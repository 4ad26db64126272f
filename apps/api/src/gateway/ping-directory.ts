/** Which monitor a token is of: from the monitors on the log, so that it is known without a database. */
import { createHash } from 'node:crypto';
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { TokenBucket, type SendBudget } from '@quorate/alerting';
import { monitorRecordSchema, NewestForms, type Instant, type MonitorRecord } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';

/** Of one token, at one gateway. */
export const pingBudget: SendBudget = { burstMax: 30, perMinute: 60 };

export interface PingedMonitor {
  readonly monitorId: string;
  readonly bucket: TokenBucket;
}

type HeartbeatRecord = Extract<MonitorRecord, { type: 'heartbeat' }>;

interface Entry extends PingedMonitor {
  readonly tokenHash: string;
}

/** A look-up by hash takes as long for a token that nobody has as for any other. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** Spares reading all the other monitors. */
const mark = '"type":"heartbeat"';

function heartbeatIn(value: string | null): HeartbeatRecord | null {
  if (value?.includes(mark) !== true) return null;
  try {
    const { data } = monitorRecordSchema.safeParse(JSON.parse(value));
    return data?.type === 'heartbeat' ? data : null;
  } catch {
    // Not JSON: those whose partition it is in keep it among the dead letters.
    return null;
  }
}

interface Collaborators {
  readonly log: Pick<DurableLog, 'follow' | 'now'>;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
}

export class PingDirectory {
  readonly #collaborators: Collaborators;
  readonly #follower: Follower;
  readonly #monitors = new NewestForms<HeartbeatRecord>();
  readonly #byHash = new Map<string, Entry>();
  readonly #byMonitor = new Map<string, Entry>();

  constructor(collaborators: Collaborators) {
    this.#collaborators = collaborators;
    this.#follower = collaborators.log.follow(['monitors'], 'start', (records) => records.forEach(this.#hear));
  }

  /** Resolves when every monitor that was there at the start is known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  find(token: string): PingedMonitor | undefined {
    return this.#byHash.get(hashOf(token));
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  readonly #hear = ({ key, value, appendedAt }: LogRecord): void => {
    const monitor = heartbeatIn(value);
    if (!this.#monitors.hear({ key, value: monitor, appendedAt })) return;
    const tokenHash = monitor === null ? null : this.#tokenHashOf(monitor);
    const known = this.#byMonitor.get(key);
    if (known !== undefined && known.tokenHash !== tokenHash) this.#forget(known);
    if (tokenHash === null || known?.tokenHash === tokenHash) return;
    const bucket = new TokenBucket(pingBudget, this.#now());
    const entry = { monitorId: key, bucket, tokenHash };
    this.#byMonitor.set(key, entry);
    this.#byHash.set(tokenHash, entry);
  };

  #now(): Instant {
    return this.#collaborators.log.now();
  }

  #forget({ monitorId, tokenHash }: Entry): void {
    this.#byMonitor.delete(monitorId);
    this.#byHash.delete(tokenHash);
  }

  #tokenHashOf({ id, heartbeat: { token } }: HeartbeatRecord): string | null {
    if (token === null) return null;
    try {
      return hashOf(this.#collaborators.secretBox.open(token, { entity: 'monitor', id, field: '/heartbeat/token' }));
    } catch (error) {
      this.#collaborators.logger.error('The token of a heartbeat monitor cannot be read', { monitorId: id, error });
      return null;
    }
  }
}
