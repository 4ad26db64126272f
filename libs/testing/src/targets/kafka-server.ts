/** A stand-in for a Kafka broker that answers the four requests of a probe, and hangs up on who did not log in. */
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';
import { ScramServer, type ScramServerSettings } from './scram-server.ts';

export interface KafkaStandInSettings {
  readonly issued?: Issued;
  /** The mechanism that it takes; without one the listener knows no log-in. */
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly password?: string;
  readonly scram?: Partial<ScramServerSettings>;
  /** First and last version of Metadata that it speaks. */
  readonly metadataVersions?: readonly [number, number];
  readonly brokerCount?: number;
  readonly controllerId?: number;
  /** The leader of each partition; below zero where there is none. */
  readonly leaders?: readonly number[];
  readonly topicError?: number;
}

function int(value: number, byteCount: number): Buffer {
  const bytes = Buffer.alloc(byteCount);
  bytes.writeIntBE(value, 0, byteCount);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([int(value.length, 2), Buffer.from(value)]);
const list = (...items: readonly Buffer[]): Buffer => Buffer.concat([int(items.length, 4), ...items]);

const apiKeys = { metadata: 3, saslHandshake: 17, apiVersions: 18, saslAuthenticate: 36 } as const;

class KafkaPlay {
  readonly #peer: Peer;
  readonly #settings: KafkaStandInSettings;
  readonly #scram: ScramServer;
  #scramTurns = 0;
  #isLoggedIn: boolean;

  constructor(peer: Peer, settings: KafkaStandInSettings) {
    const { password = '', mechanism, scram } = settings;
    this.#peer = peer;
    this.#isLoggedIn = mechanism === undefined;
    this.#settings = settings;
    this.#scram = new ScramServer({ hash: mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256', password, ...scram });
  }

  async run(): Promise<void> {
    while (true) {
      const length = (await this.#peer.take(4)).readUInt32BE();
      const request = await this.#peer.take(length);
      const body = request.subarray(10 + request.readUInt16BE(8));
      const key = request.readUInt16BE();
      if (key === apiKeys.metadata && !this.#isLoggedIn) return this.#peer.end();
      const answer = Buffer.concat([request.subarray(4, 8), this.#answer(key, body)]);
      this.#peer.write(int(answer.length, 4), answer);
    }
  }

  #answer(key: number, body: Buffer): Buffer {
    if (key === apiKeys.apiVersions) return this.#apiVersions();
    if (key === apiKeys.saslHandshake) return this.#handshake(body.subarray(2).toString());
    return key === apiKeys.saslAuthenticate ? this.#authenticate(body.subarray(4)) : this.#metadata(body);
  }

  #apiVersions(): Buffer {
    const { metadataVersions: [first, last] = [0, 13] } = this.#settings;
    return Buffer.concat([int(0, 2), list(Buffer.concat([int(3, 2), int(first, 2), int(last, 2)]))]);
  }

  #handshake(wanted: string): Buffer {
    const { mechanism } = this.#settings;
    if (mechanism === undefined) return Buffer.concat([int(34, 2), list()]);
    return Buffer.concat([int(wanted === mechanism ? 0 : 33, 2), list(text(mechanism))]);
  }

  #authenticate(bytes: Buffer): Buffer {
    const answer = this.#judge(bytes.toString());
    if (answer === null)
      return Buffer.concat([int(58, 2), text('Authentication failed: Invalid credentials'), int(0, 4)]);
    this.#isLoggedIn = this.#settings.mechanism === 'PLAIN' || this.#scramTurns > 1;
    return Buffer.concat([int(0, 2), int(-1, 2), int(answer.length, 4), Buffer.from(answer)]);
  }

  #judge(message: string): string | null {
    const { mechanism, password = '' } = this.#settings;
    if (mechanism === 'PLAIN') return message.endsWith(`\0${password}`) ? '' : null;
    return this.#scramTurns++ === 0 ? this.#scram.challenge(message) : this.#scram.finish(message);
  }

  #metadata(body: Buffer): Buffer {
    const { brokerCount = 1, controllerId = 1, leaders = [1, 1], topicError = 0 } = this.#settings;
    const broker = Buffer.concat([int(1, 4), text('kafka-1.internal'), int(9_092, 4), int(-1, 2)]);
    const brokers = list(...Array.from({ length: brokerCount }, () => broker));
    const partitions = leaders.map((leader, index) =>
      Buffer.concat([int(leader < 0 ? 5 : 0, 2), int(index, 4), int(leader, 4), list(int(1, 4)), list(int(1, 4))]),
    );
    const name = body.readUInt32BE() === 0 ? null : body.subarray(6, -1).toString();
    const topic = Buffer.concat([int(topicError, 2), text(name ?? ''), Buffer.from([0]), list(...partitions)]);
    const topics = name === null ? list() : list(topic);
    return Buffer.concat([int(0, 4), brokers, text('cluster'), int(controllerId, 4), topics]);
  }
}

export function kafkaStandIn(settings: KafkaStandInSettings = {}): PeerScript {
  return async (peer) => {
    if (settings.issued !== undefined) await peer.startTls(settings.issued);
    await new KafkaPlay(peer, settings).run();
  };
}
