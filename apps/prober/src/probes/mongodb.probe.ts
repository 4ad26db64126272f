/** The MongoDB probe: `hello`, a log-in by SCRAM where there is a user, and `ping`. */
import { createHash } from 'node:crypto';
import { Binary, type Document } from 'bson';
import type { MongodbProbe } from '@quorate/contracts';
import { CommandStream } from '../talk/mongodb-messages.ts';
import { authenticateByScram } from '../talk/scram.ts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

/** Unauthorized, AuthenticationFailed, and the like of hosted services. */
const refusals = new Set([13, 18, 8_000]);
const emptyExchangesMax = 1;

type Credentials = Pick<MongodbProbe, 'authDatabase'> & { readonly username: string; readonly password: string };

class Session {
  readonly #stream = new CommandStream();

  *run({ tls, username, password, authDatabase }: MongodbProbe): Talk {
    if (tls !== 'disable') yield* secureTalk();
    const who = username === null ? {} : { saslSupportedMechs: `${authDatabase}.${username}` };
    const hello = yield* this.#command('admin', { hello: 1, ...who });
    if (username !== null && password !== null) yield* this.#logIn({ username, password, authDatabase }, hello);
    yield* judgeRole(hello);
    yield* this.#command('admin', { ping: 1 });
  }

  *#command(database: string, command: Document): Talk<Document> {
    const answer = yield* this.#stream.ask(database, command);
    if (Number(answer['ok']) === 1) return answer;
    if (typeof answer['errmsg'] !== 'string') throw new MalformedError('answered with neither yes nor no');
    const code = Number(answer['code']);
    const words = `${answer['errmsg']} (${String(answer['codeName'] ?? code)})`;
    if (refusals.has(code)) return yield* fail('auth.refused', `MongoDB refused us: ${words}`);
    return yield* fail('service.unavailable', `MongoDB says: ${words}`);
  }

  *#logIn({ username, password, authDatabase }: Credentials, hello: Document): Talk {
    const offered: unknown = hello['saslSupportedMechs'];
    // A user that does not exist has none: the log-in then says so.
    const isOld = Array.isArray(offered) && !offered.includes('SCRAM-SHA-256') && offered.includes('SCRAM-SHA-1');
    const mechanism = isOld ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256';
    const settings = isOld
      ? ({ hash: 'sha1', username, password: digestOf(username, password) } as const)
      : ({ hash: 'sha256', username, password } as const);
    let answer: Document | null = null;
    const { ask } = { ask: (command: Document) => this.#command(authDatabase, command) };
    yield* authenticateByScram(settings, function* (message) {
      const payload = new Binary(Buffer.from(message, 'utf8'));
      const command: Document =
        answer === null
          ? { saslStart: 1, mechanism, payload, options: { skipEmptyExchange: true } }
          : { saslContinue: 1, conversationId: answer['conversationId'] as unknown, payload };
      answer = yield* ask(command);
      return payloadOf(answer);
    });
    yield* this.#finish(authDatabase, answer);
  }

  /** A server that does not know how to skip it wants one more exchange, of nothing. */
  *#finish(database: string, last: Document | null): Talk {
    let answer = last;
    for (let count = 0; answer?.['done'] !== true; count++) {
      if (count === emptyExchangesMax) throw new MalformedError('never came to an end of the log-in');
      const payload = new Binary(Buffer.alloc(0));
      const conversationId = answer?.['conversationId'] as unknown;
      answer = yield* this.#command(database, { saslContinue: 1, conversationId, payload });
    }
  }
}

/** What SCRAM-SHA-1 takes for the password here. */
function digestOf(username: string, password: string): string {
  return createHash('md5').update(`${username}:mongo:${password}`).digest('hex');
}

function payloadOf(answer: Document): string {
  const payload: unknown = answer['payload'];
  if (!(payload instanceof Binary)) throw new MalformedError('left the SCRAM exchange');
  return Buffer.from(payload.buffer.subarray(0, payload.position)).toString('utf8');
}

function* judgeRole(hello: Document): Talk {
  const isServing = ['isWritablePrimary', 'secondary', 'arbiterOnly'].some((role) => hello[role] === true);
  if (isServing || hello['msg'] === 'isdbgrid') return;
  yield* fail('service.unavailable', 'the server is neither primary nor secondary: it starts, recovers or was removed');
}

export const probeMongodb: PerformProbe<MongodbProbe> = async (mongodb, context) =>
  await probeService(
    { ...mongodb, endpoints: [mongodb], protocol: 'MongoDB', talk: () => new Session().run(mongodb) },
    context,
  );
