/** Idle connections of monitors with `connection: reuse`, one a monitor. */
import type { CertificateFacts } from '@quorate/contracts';
import type { Connection } from './connection.ts';

/** A connection older than this is not used again: every few minutes a check is a full, fresh one. */
const fullCheckEveryMs = 5 * 60_000;
const connectionsKeptMax = 20_000;

export interface KeptConnection {
  readonly connection: Connection;
  /** Scheme, host and port that it leads to. */
  readonly origin: string;
  readonly openedAtMs: number;
  readonly address: string | null;
  readonly certificate: CertificateFacts | null;
}

export class KeptConnections {
  readonly #kept = new Map<string, KeptConnection>();

  /** Hands a monitor's connection out for good, where it still leads to `origin`; the caller keeps or closes it. */
  take(monitorKey: string, origin: string): KeptConnection | null {
    const kept = this.#kept.get(monitorKey);
    if (kept === undefined) return null;
    this.#kept.delete(monitorKey);
    kept.connection.detach();
    const isFresh = performance.now() - kept.openedAtMs < fullCheckEveryMs;
    if (isFresh && kept.origin === origin && kept.connection.isQuiet) return kept;
    kept.connection.close();
    return null;
  }

  keep(monitorKey: string, kept: KeptConnection): void {
    this.#kept.get(monitorKey)?.connection.close();
    this.#kept.delete(monitorKey);
    if (this.#kept.size >= connectionsKeptMax) {
      kept.connection.close();
      return;
    }
    this.#kept.set(monitorKey, kept);
    const evict = (): void => {
      if (this.#kept.get(monitorKey) === kept) this.#kept.delete(monitorKey);
      kept.connection.close();
    };
    kept.connection.attach({ received: evict, ended: evict, failed: evict });
  }

  closeAll(): void {
    for (const { connection } of this.#kept.values()) connection.close();
    this.#kept.clear();
  }
}
