/** A strict stand-in for MongoDB: takes OP_MSG as the specification has it, and plays `hello`, SCRAM and `ping`. */
import { createHash } from 'node:crypto';
import { Binary, deserialize, serialize, type Document } from 'bson';
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';
import { ScramServer, type ScramServerSettings } from './scram-server.ts';

export interface MongodbStandInSettings {
  readonly issued?: Issued;
  readonly mechanism?: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
  /** Of the user `watcher`. */
  readonly password?: string;
  readonly scram?: Partial<ScramServerSettings>;
  /** What `hello` tells besides. */
  readonly hello?: Document;
  /** Answers `ping`. */
  readonly pong?: Document;
  /** Ends a log-in by one more exchange of nothing, as servers before 4.4 do. */
  readonly endsLate?: boolean;
}

const opMsg = 2_013;

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** An answer to the request with `requestId`. */
export function mongodbMessage(requestId: number, document: Document): Buffer {
  const body = Buffer.from(serialize(document));
  const head = [21 + body.length, 1, requestId, opMsg].map(int);
  return Buffer.concat([...head, Buffer.alloc(5), body]);
}

/** Without `minWireVersion` and the limits, MongoDB's own driver does not take it for a server. */
const usualHello = {
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 25,
  ok: 1,
};

const refused = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };

class MongodbPlay {
  readonly #peer: Peer;
  readonly #settings: MongodbStandInSettings;
  readonly #scram: ScramServer;
  #turns = 0;

  constructor(peer: Peer, settings: MongodbStandInSettings) {
    const { password = '', mechanism = 'SCRAM-SHA-256', scram } = settings;
    const digest = createHash('md5').update(`watcher:mongo:${password}`).digest('hex');
    const isOld = mechanism === 'SCRAM-SHA-1';
    this.#peer = peer;
    this.#settings = settings;
    this.#scram = new ScramServer({ hash: isOld ? 'sha1' : 'sha256', password: isOld ? digest : password, ...scram });
  }

  async run(): Promise<void> {
    while (true) {
      const head = await this.#peer.take(16);
      if (head.readInt32LE(12) !== opMsg) return this.#peer.end();
      const body = await this.#peer.take(head.readInt32LE() - 16);
      const isStrict = body.readInt32LE() === 0 && body[4] === 0 && body.readInt32LE(5) === body.length - 5;
      if (!isStrict) return this.#peer.end();
      const answer = this.#answer(deserialize(body.subarray(5), { promoteBuffers: true }));
      this.#peer.write(mongodbMessage(head.readInt32LE(4), answer));
    }
  }

  #answer(command: Document): Document {
    const { mechanism = 'SCRAM-SHA-256', hello = {}, pong = { ok: 1 } } = this.#settings;
    const mechanisms = 'saslSupportedMechs' in command ? { saslSupportedMechs: [mechanism] } : {};
    if ('hello' in command) return { ...usualHello, ...mechanisms, ...hello };
    if ('ping' in command) return pong;
    return this.#authenticate(command);
  }

  #authenticate({ payload }: Document): Document {
    const { endsLate = false } = this.#settings;
    const message = Buffer.from(payload as Buffer).toString();
    this.#turns++;
    const isLast = this.#turns === (endsLate ? 3 : 2);
    const answer =
      this.#turns === 1 ? this.#scram.challenge(message) : this.#turns === 2 ? this.#scram.finish(message) : '';
    if (answer === null) return refused;
    return { conversationId: 1, done: isLast, payload: new Binary(Buffer.from(answer)), ok: 1 };
  }
}

export function mongodbStandIn(settings: MongodbStandInSettings = {}): PeerScript {
  return async (peer) => {
    if (settings.issued !== undefined) await peer.startTls(settings.issued);
    await new MongodbPlay(peer, settings).run();
  };
}
