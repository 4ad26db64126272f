/** The MySQL probe: logs in as clients of MySQL and MariaDB do, and asks its query in a read-only transaction. */
import { createHash } from 'node:crypto';
import type { MysqlProbe, Query, Reason } from '@quorate/contracts';
import { zeroEnded, ByteReader } from '../talk/bytes.ts';
import { judgeQuery } from '../talk/judge-query.ts';
import {
  capabilities,
  clientHead,
  logInBody,
  PacketStream,
  readError,
  readFirstColumn,
  readGreeting,
  type Greeting,
} from '../talk/mysql-packets.ts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

const packet = { ok: 0x00, more: 0x01, localFile: 0xfb, end: 0xfe, error: 0xff } as const;
const commands = { quit: 0x01, query: 0x03, ping: 0x0e } as const;
const cachedLogIn = { isEnough: 3, needsPassword: 4 } as const;
/** An end of columns or rows is shorter than a row that begins alike. */
const endBytesMax = 9;
const graceMs = 1_000;
/** One other way to log in, a word in between, and the answer. */
const logInTurnsMax = 4;

/** Access denied, to the server or a database; host not allowed; password expired; account locked; no such way in. */
const refusals = new Set([1_044, 1_045, 1_130, 1_227, 1_698, 1_820, 1_862, 3_118, 4_151]);

function* failBy(bytes: Buffer, otherwise: Reason, doing: string): Talk<never> {
  const { code, message } = readError(bytes);
  if (refusals.has(code)) return yield* fail('auth.refused', `MySQL refused us: ${message} (${code})`);
  return yield* fail(otherwise, `${doing}: ${message} (${code})`);
}

const hashOf = (algorithm: 'sha1' | 'sha256', ...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest();

const xor = (left: Buffer, right: Buffer): Buffer =>
  Buffer.from(left.map((byte, index) => byte ^ (right[index % right.length] ?? 0)));

const scrambles: Readonly<Record<string, (password: string, nonce: Buffer) => Buffer>> = {
  mysql_native_password: (password, nonce) => {
    const once = hashOf('sha1', password);
    return xor(once, hashOf('sha1', nonce, hashOf('sha1', once)));
  },
  caching_sha2_password: (password, nonce) => {
    const once = hashOf('sha256', password);
    return xor(once, hashOf('sha256', hashOf('sha256', once), nonce));
  },
};
const usualPlugin = 'caching_sha2_password';
const clearTextPlugin = 'mysql_clear_password';

class Session {
  readonly #mysql: MysqlProbe;
  readonly #packets = new PacketStream();

  constructor(mysql: MysqlProbe) {
    this.#mysql = mysql;
  }

  *run(timeoutMs: number): Talk {
    const greeting = yield* this.#greet();
    yield* this.#logIn(greeting);
    const { query } = this.#mysql;
    if (query === null) yield* this.#ping();
    else yield* this.#askSafely(query, greeting, timeoutMs);
    this.#packets.begin();
    yield* this.#packets.write(Buffer.from([commands.quit]));
  }

  *#greet(): Talk<Greeting> {
    const first = yield* this.#packets.read();
    if (first[0] === packet.error) return yield* failBy(first, 'service.unavailable', 'MySQL says');
    return readGreeting(first);
  }

  *#logIn(greeting: Greeting): Talk {
    const { username, database, tls } = this.#mysql;
    const { longPassword, protocol41, transactions, secureConnection, pluginAuth } = capabilities;
    const needed = longPassword | protocol41 | transactions | secureConnection | pluginAuth;
    const chosen = database === null ? 0 : capabilities.connectWithDatabase;
    const flags = needed | chosen | (tls === 'disable' ? 0 : capabilities.tls);
    if (tls !== 'disable') yield* this.#agreeOnTls(greeting, flags);
    const plugin = greeting.plugin in scrambles ? greeting.plugin : usualPlugin;
    const answer = this.#scramble(plugin, greeting.nonce);
    yield* this.#packets.write(clientHead(flags), logInBody({ username, database, plugin, answer }));
    yield* this.#settle(plugin);
  }

  *#agreeOnTls(greeting: Greeting, flags: number): Talk {
    if ((greeting.capabilities & capabilities.tls) === 0) {
      return yield* fail('tls.protocol', 'the server does not offer TLS');
    }
    yield* this.#packets.write(clientHead(flags));
    yield* secureTalk();
  }

  #scramble(plugin: string, nonce: Buffer): Buffer {
    const { password } = this.#mysql;
    return password === null ? Buffer.alloc(0) : (scrambles[plugin]?.(password, nonce) ?? Buffer.alloc(0));
  }

  /** Until the server lets us in; it may ask for one other way, and for the password itself. */
  *#settle(first: string): Talk {
    let plugin = first;
    for (let turns = 0; turns < logInTurnsMax; turns++) {
      const answer = yield* this.#packets.read();
      if (answer[0] === packet.ok) return;
      if (answer[0] === packet.error) return yield* failBy(answer, 'service.unavailable', 'MySQL says');
      if (answer[0] === packet.end) plugin = yield* this.#switchTo(answer);
      else if (answer[0] === packet.more && plugin === usualPlugin) yield* this.#goOn(answer);
      else throw new MalformedError('answered the log-in with neither yes nor no');
    }
    throw new MalformedError('never came to an end of the log-in');
  }

  *#switchTo(request: Buffer): Talk<string> {
    const reader = new ByteReader(request.subarray(1), 'little');
    const plugin = reader.text();
    const nonce = reader.rest().subarray(0, -1);
    if (plugin === clearTextPlugin) {
      yield* this.#givePassword();
      return plugin;
    }
    if (!(plugin in scrambles)) {
      return yield* fail('auth.refused', `the server asks for a way to log in that is not supported: ${plugin}`);
    }
    yield* this.#packets.write(this.#scramble(plugin, nonce));
    return plugin;
  }

  *#goOn(request: Buffer): Talk {
    if (request[1] === cachedLogIn.isEnough) return;
    if (request[1] !== cachedLogIn.needsPassword) throw new MalformedError('went on with the log-in in an unknown way');
    yield* this.#givePassword();
  }

  *#givePassword(): Talk {
    const { password, tls } = this.#mysql;
    if (tls === 'disable') {
      return yield* fail('auth.refused', 'the server asks for the password itself: set tls to give it safely');
    }
    yield* this.#packets.write(zeroEnded(password ?? ''));
  }

  *#command(command: number, text = ''): Talk<Buffer> {
    this.#packets.begin();
    yield* this.#packets.write(Buffer.from([command]), Buffer.from(text, 'utf8'));
    return yield* this.#packets.read();
  }

  *#ping(): Talk {
    const answer = yield* this.#command(commands.ping);
    if (answer[0] === packet.error) return yield* failBy(answer, 'service.unavailable', 'MySQL says');
    if (answer[0] !== packet.ok) throw new MalformedError('answered a ping with neither yes nor no');
  }

  /** Nothing that a query does lasts, and the server itself ends one that outlives the probe, where it knows how. */
  *#askSafely(query: Query, { version }: Greeting, timeoutMs: number): Talk {
    const limitMs = timeoutMs + graceMs;
    const isMariaDb = /mariadb/i.test(version);
    const limit = isMariaDb ? `max_statement_time = ${limitMs / 1_000}` : `max_execution_time = ${limitMs}`;
    // Versions that do not know it say so, and go without.
    yield* this.#command(commands.query, `SET SESSION ${limit}`);
    const begun = yield* this.#command(commands.query, 'START TRANSACTION READ ONLY');
    if (begun[0] === packet.error) return yield* failBy(begun, 'query.mismatch', 'no read-only transaction');
    yield* judgeQuery(query, yield* this.#ask(query.sql));
  }

  *#ask(sql: string): Talk<string | null | undefined> {
    const first = yield* this.#command(commands.query, sql);
    if (first[0] === packet.error) return yield* failBy(first, 'query.mismatch', 'the query failed');
    if (first[0] === packet.ok) return undefined;
    if (first[0] === packet.localFile) {
      return yield* fail('query.mismatch', 'the server asks for a file of the prober, and gets none');
    }
    yield* this.#rowsUntilEnd();
    const rows = yield* this.#rowsUntilEnd();
    return rows.first === null ? undefined : readFirstColumn(rows.first);
  }

  /** Columns or rows, of which the first is kept. */
  *#rowsUntilEnd(): Talk<{ readonly first: Buffer | null }> {
    let first: Buffer | null = null;
    while (true) {
      const row = yield* this.#packets.read();
      if (row[0] === packet.error) return yield* failBy(row, 'query.mismatch', 'the query failed');
      if (row[0] === packet.end && row.length < endBytesMax) return { first };
      first ??= row;
    }
  }
}

export const probeMysql: PerformProbe<MysqlProbe> = async (mysql, context) =>
  await probeService(
    { ...mysql, endpoints: [mysql], protocol: 'MySQL', talk: (timeoutMs) => new Session(mysql).run(timeoutMs) },
    context,
  );
