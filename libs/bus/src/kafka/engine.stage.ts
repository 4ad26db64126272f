/** Kafka as the conformance suite sees it: each opened log has a network of its own that can be cut or held. */
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEngine, LogStorage, OpenedLog } from '../conformance/engine.stage.ts';
import { openKafkaLog } from './kafka-log.ts';
import type { SocketFactory } from './wire.ts';

/** After the end of its session, by then a silent member's partitions have gone to others. */
const takeOverMs = 1_500;

export interface SpecCluster {
  readonly brokers: readonly string[];
  /** The shortest silence after which a group gives up on a member. */
  readonly silenceMsMin: number;
}

/** The network of one log. */
class SpecNetwork {
  readonly #sockets = new Set<Socket>();
  #state: 'works' | 'held' | 'cut' = 'works';

  readonly connect: SocketFactory = ({ host, port, onConnect }) => {
    const socket = createConnection({ host, port }, onConnect);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#state === 'held') hold(socket);
    if (this.#state === 'cut') socket.destroy(new Error('the network is cut'));
    return socket;
  };

  cut(): void {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.destroy(new Error('the network is cut'));
  }

  /** Nothing arrives and nothing leaves; both wait. */
  hold(): void {
    this.#state = 'held';
    for (const socket of this.#sockets) hold(socket);
  }

  release(): void {
    this.#state = 'works';
    for (const socket of this.#sockets) {
      socket.uncork();
      socket.resume();
    }
  }
}

function hold(socket: Socket): void {
  socket.pause();
  socket.cork();
}

async function openSpecLog({ brokers, silenceMsMin }: SpecCluster, clockAheadMs: number): Promise<OpenedLog> {
  const sessionMsMax = silenceMsMin + 1_000;
  const network = new SpecNetwork();
  const log = await openKafkaLog({
    brokers,
    clientId: 'conformance',
    sessionMsMax,
    socketFactory: network.connect,
    localClock: () => performance.timeOrigin + performance.now() + clockAheadMs,
    onFatal: (error) => {
      throw error;
    },
  });
  return {
    log,
    async kill() {
      network.cut();
      await log.close();
    },
    async freeze() {
      network.hold();
      await sleep(sessionMsMax + takeOverMs);
    },
    async thaw() {
      network.release();
      return Promise.resolve();
    },
  };
}

/** Cases share the cluster and tell their topics apart by name. */
export function kafkaEngine(cluster: SpecCluster): LogEngine {
  return {
    name: 'Kafka',
    traits: ['several-processes', 'freezes', 'clocks-differ', 'stores-outside'],
    patienceMs: 20_000,
    quietMs: 1_000,
    async createStorage(): Promise<LogStorage> {
      const opened: OpenedLog[] = [];
      return Promise.resolve({
        async open(clockAheadMs) {
          const log = await openSpecLog(cluster, clockAheadMs);
          opened.push(log);
          return log;
        },
        async remove() {
          for (const log of opened) await log.thaw?.();
          await Promise.all(opened.map(({ log }) => log.close()));
        },
      });
    },
  };
}
