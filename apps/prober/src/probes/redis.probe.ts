/** The Redis probe: AUTH and SELECT where they are needed, and PING, as every version understands them (RESP2). */
import type { Reason, RedisProbe } from '@quorate/contracts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, send, take, takeLine, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

/** Before Redis 6 a log-in that is not wanted or wrong has no code of its own. */
const refusal = /^(NOAUTH|WRONGPASS|NOPERM|ERR (invalid password|.*AUTH.*(without any|no) password))/i;

function encoded(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`, 'utf8');
}

function* command(...words: readonly string[]): Talk<string> {
  yield* send(encoded(words));
  const sign = (yield* take(1)).toString('latin1');
  if (sign !== '+' && sign !== '-') throw new MalformedError(`answered ${words[0]} with what is no status`);
  const answer = yield* takeLine();
  return sign === '+' ? answer : yield* failBy(answer, words[0]);
}

function* failBy(error: string, name = ''): Talk<never> {
  const reason: Reason = refusal.test(error) ? 'auth.refused' : 'service.unavailable';
  const doing = reason === 'auth.refused' ? 'refused us' : `cannot answer ${name}`;
  return yield* fail(reason, `Redis ${doing}: ${error}`);
}

function* talk({ tls, username, password, database }: RedisProbe): Talk {
  if (tls !== 'disable') yield* secureTalk();
  if (password !== null) yield* command('AUTH', ...(username === null ? [] : [username]), password);
  if (database !== 0) yield* command('SELECT', String(database));
  const answer = yield* command('PING');
  if (answer !== 'PONG') throw new MalformedError('answered PING with something else than PONG');
}

export const probeRedis: PerformProbe<RedisProbe> = async (redis, context) =>
  await probeService({ ...redis, endpoints: [redis], protocol: 'Redis', talk: () => talk(redis) }, context);
