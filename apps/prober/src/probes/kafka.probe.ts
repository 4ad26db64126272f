/** The Kafka probe: asks a bootstrap broker what it speaks, logs in, and asks how the cluster and a topic are. */
import { parseBroker, type KafkaProbe } from '@quorate/contracts';
import {
  int32,
  readList,
  readMetadata,
  readText,
  requests,
  RequestStream,
  text,
  type Metadata,
  type Topic,
} from '../talk/kafka-requests.ts';
import { authenticateByScram } from '../talk/scram.ts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, type Talk } from '../talk/talk.ts';
import type { ByteReader } from '../talk/bytes.ts';
import type { PerformProbe } from './probe-context.ts';

const mechanisms = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;

const errors = {
  none: 0,
  unknownTopic: 3,
  leaderNotAvailable: 5,
  topicRefused: 29,
  unsupportedMechanism: 33,
  illegalSaslState: 34,
} as const;

/** Leaders are named up to so many. */
const partitionsNamedMax = 10;

type Sasl = NonNullable<KafkaProbe['sasl']>;

class Session {
  readonly #kafka: KafkaProbe;
  readonly #stream = new RequestStream();

  constructor(kafka: KafkaProbe) {
    this.#kafka = kafka;
  }

  *run(): Talk {
    const { tls, sasl, topic } = this.#kafka;
    if (tls !== 'disable') yield* secureTalk();
    yield* this.#agreeOnVersions();
    if (sasl !== null) yield* this.#logIn(sasl);
    const topics = topic === null ? [int32(0)] : [int32(1), text(topic)];
    const createNone = Buffer.from([0]);
    const hint = sasl === null ? ', as one does that wants a log-in: set sasl' : '';
    const request = { ...requests.metadata, hint };
    const metadata = readMetadata(yield* this.#stream.ask(request, ...topics, createNone));
    yield* judgeCluster(metadata);
    if (topic !== null) yield* judgeTopic(topic, metadata.topics);
  }

  *#agreeOnVersions(): Talk {
    const response = yield* this.#stream.ask(requests.apiVersions);
    if (response.int(2) !== errors.none) throw new MalformedError('refused to say which versions it speaks');
    const { key, version } = requests.metadata;
    const ranges = readList(response, (reader) => ({ key: reader.int(2), min: reader.int(2), max: reader.int(2) }));
    const isSpoken = ranges.some((range) => range.key === key && range.min <= version && range.max >= version);
    if (!isSpoken) throw new MalformedError('speaks no version of Kafka from 0.11 on');
  }

  *#logIn({ mechanism, username, password }: Sasl): Talk {
    const name = mechanisms[mechanism];
    yield* judgeHandshake(name, yield* this.#stream.ask(requests.saslHandshake, text(name)));
    if (mechanism === 'plain') {
      yield* this.#authenticate(Buffer.from(`\0${username}\0${password}`, 'utf8'));
      return;
    }
    const hash = mechanism === 'scram-sha-256' ? 'sha256' : 'sha512';
    const settings = { hash, username, password } as const;
    yield* authenticateByScram(settings, (message) => this.#authenticate(Buffer.from(message, 'utf8')));
  }

  *#authenticate(bytes: Buffer): Talk<string> {
    const response = yield* this.#stream.ask(requests.saslAuthenticate, int32(bytes.length), bytes);
    const code = response.int(2);
    const words = readText(response);
    if (code === errors.none) return response.take(Math.max(0, response.int(4))).toString('utf8');
    return yield* fail('auth.refused', `the broker refused the log-in: ${words} (${code})`);
  }
}

function* judgeHandshake(mechanism: string, response: ByteReader): Talk {
  const code = response.int(2);
  if (code === errors.none) return;
  const offered = readList(response, readText).join(', ');
  if (code === errors.unsupportedMechanism) {
    return yield* fail('auth.refused', `the broker takes no ${mechanism} log-in, only ${offered}`);
  }
  const saying = code === errors.illegalSaslState ? 'this listener takes no log-in: set sasl to null' : `error ${code}`;
  yield* fail('auth.refused', `the broker refused the log-in: ${saying}`);
}

function* judgeCluster({ brokerCount, controllerId }: Metadata): Talk {
  if (brokerCount === 0) return yield* fail('service.unavailable', 'the broker knows of no broker that is alive');
  if (controllerId < 0) yield* fail('service.unavailable', 'the cluster has no controller');
}

function* judgeTopic(name: string, topics: readonly Topic[]): Talk {
  const topic = topics.find((candidate) => candidate.name === name);
  if (topic === undefined) throw new MalformedError('answered what was not asked');
  const { errorCode, partitions } = topic;
  if (errorCode === errors.topicRefused) return yield* fail('auth.refused', `the user may not look at topic ${name}`);
  if (errorCode === errors.unknownTopic) {
    return yield* fail('service.unavailable', `there is no topic ${name}, or the user may not know of it`);
  }
  if (errorCode !== errors.none && errorCode !== errors.leaderNotAvailable) {
    return yield* fail('service.unavailable', `the broker cannot tell of topic ${name}: error ${errorCode}`);
  }
  const leaderless = partitions.filter(({ hasLeader }) => !hasLeader).map(({ index }) => index);
  if (leaderless.length === 0 && partitions.length > 0) return;
  const named = leaderless.slice(0, partitionsNamedMax).join(', ');
  const which = leaderless.length > partitionsNamedMax ? `${named}, …` : named;
  const share = `${leaderless.length} of ${partitions.length} partitions of topic ${name} have no leader`;
  yield* fail('service.unavailable', leaderless.length === 0 ? `topic ${name} has no partition` : `${share}: ${which}`);
}

export const probeKafka: PerformProbe<KafkaProbe> = async (kafka, context) => {
  const { brokers, sasl } = kafka;
  const endpoints = brokers.map(parseBroker).filter((endpoint) => endpoint !== null);
  const service = { ...kafka, protocol: 'Kafka', password: sasl?.password ?? null, endpoints };
  return await probeService({ ...service, talk: () => new Session(kafka).run() }, context);
};
