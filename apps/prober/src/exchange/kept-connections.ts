/** Idle connections of monitors with `connection: reuse`, one a monitor. */
import type { CertificateFacts } from '@quorate/contracts';
import type { Line } from './line.ts';

/** A connection older than this is not used again: every few minutes a check is a full, fresh one. */
const fullCheckEveryMs = 5 * 60_000;
const connectionsKeptMax = 20_000;

export interface KeptConnection extends Line {
  /** Where it leads, and by which way: as `wayTo` names it. */
  readonly way: string;
  readonly address: string | null;
  readonly certificate: CertificateFacts | null;
}

export class KeptConnections {
  readonly #kept = new Map<string, KeptConnection>();

  /** Hands a monitor's connection out for good, where it still is the `way`; the caller keeps or closes it. */
  take(monitorKey: string, way: string): KeptConnection | null {
    const kept = this.#kept.get(monitorKey);
    if (kept === undefined) return null;
    this.#kept.delete(monitorKey);
    kept.connection.detach();
    const isFresh = performance.now() - kept.openedAtMs < fullCheckEveryMs;
    if (isFresh && kept.way === way && kept.connection.isQuiet) return kept;
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
