/**
 * The API, as soon as its database is there. Until then its port answers the operations endpoints and takes pings, and
 * monitoring goes on without it.
 */
import { QuorateError } from '@quorate/contracts';
import type { OperationsServer } from '@quorate/runtime';
import { startApi, type ApiDependencies, type RunningApi } from './start-api.ts';

export interface WaitingApi {
  /** Resolves when it serves requests; rejects when waiting can't help. */
  readonly started: Promise<RunningApi>;
  close(): Promise<void>;
}

export type ApiSettings = Omit<ApiDependencies, 'httpPort' | 'beforeListening'>;

class ApiStart {
  readonly #settings: ApiSettings;
  readonly #waitingRoom: OperationsServer;
  #closing = false;
  #api: RunningApi | null = null;

  constructor(settings: ApiSettings, waitingRoom: OperationsServer) {
    this.#settings = settings;
    this.#waitingRoom = waitingRoom;
  }

  async start(): Promise<RunningApi> {
    for (;;) {
      const api = await this.#tryOnce();
      if (api === null) continue;
      this.#api = api;
      if (this.#closing) await api.close();
      return api;
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#waitingRoom.close();
    await this.#api?.close();
  }

  /** Null when a later try may succeed: `startApi` itself has waited by then. */
  async #tryOnce(): Promise<RunningApi | null> {
    const httpPort = Number(new URL(this.#waitingRoom.url).port);
    const beforeListening = (): Promise<void> => this.#waitingRoom.close();
    try {
      return await startApi({ ...this.#settings, httpPort, beforeListening });
    } catch (error) {
      if (!(error instanceof QuorateError) || !error.retryable || this.#closing) throw error;
      this.#settings.logger.warn('The API waits for its database; monitoring goes on', { error });
      return null;
    }
  }
}

/** `waitingRoom` holds the port until the API takes it over. */
export function openApi(settings: ApiSettings, waitingRoom: OperationsServer): WaitingApi {
  const start = new ApiStart(settings, waitingRoom);
  return { started: start.start(), close: () => start.close() };
}
