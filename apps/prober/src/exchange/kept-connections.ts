/** Idle connections of monitors with `connection: reuse`, one a monitor. */
import type { CertificateFacts } from '@quorate/contracts';
import type { ByteSink, Connection } from './connection.ts';
import type { Line } from './line.ts';

/** A connection older than this is not used again: every few minutes a check is a full, fresh one. */
const fullCheckEveryMs = 5 * 60_000;
const connectionsKeptMax = 20_000;

interface KeptAs {
  readonly monitorKey: string;
  /** Where it leads, and by which way: as `wayTo` names it. */
  readonly way: string;
  readonly address: string | null;
  readonly certificate: CertificateFacts | null;
}

/** While it is idle, whatever comes ends it: nothing was asked. */
export class KeptConnection implements Line, KeptAs, ByteSink {
  readonly connection: Connection;
  readonly openedAtMs: number;
  readonly httpVersion: Line['httpVersion'];
  readonly relay: Line['relay'];
  readonly monitorKey: string;
  readonly way: string;
  readonly address: string | null;
  readonly certificate: CertificateFacts | null;
  /** Where it is kept just now. */
  #among: Map<string, KeptConnection> | null = null;

  constructor({ connection, openedAtMs, httpVersion, relay }: Line, { monitorKey, way, address, certificate }: KeptAs) {
    this.connection = connection;
    this.openedAtMs = openedAtMs;
    this.httpVersion = httpVersion;
    this.relay = relay;
    this.monitorKey = monitorKey;
    this.way = way;
    this.address = address;
    this.certificate = certificate;
  }

  idleAmong(kept: Map<string, KeptConnection>): void {
    this.#among = kept;
    kept.set(this.monitorKey, this);
    this.connection.attach(this);
  }

  takeAway(): void {
    this.#among?.delete(this.monitorKey);
    this.#among = null;
    this.connection.detach();
  }

  close(): void {
    this.takeAway();
    this.connection.close();
  }

  received(): void {
    this.close();
  }

  ended(): void {
    this.close();
  }

  failed(): void {
    this.close();
  }
}

export class KeptConnections {
  readonly #kept = new Map<string, KeptConnection>();

  /** Hands a monitor's connection out for good, where it still is the `way`; the caller keeps or closes it. */
  take(monitorKey: string, way: string): KeptConnection | null {
    const kept = this.#kept.get(monitorKey);
    if (kept === undefined) return null;
    kept.takeAway();
    const isFresh = performance.now() - kept.openedAtMs < fullCheckEveryMs;
    if (isFresh && kept.way === way && kept.connection.isQuiet) return kept;
    kept.connection.close();
    return null;
  }

  keep(kept: KeptConnection): void {
    this.#kept.get(kept.monitorKey)?.close();
    if (this.#kept.size >= connectionsKeptMax) kept.connection.close();
    else kept.idleAmong(this.#kept);
  }

  closeAll(): void {
    for (const kept of this.#kept.values()) kept.close();
  }
}
