/** The PostgreSQL probe: logs in by the protocol's version 3, and asks its query in a read-only transaction. */
import { createHash } from 'node:crypto';
import type { PostgresqlProbe, Query, Reason } from '@quorate/contracts';
import { ByteReader, uint, zeroEnded } from '../talk/bytes.ts';
import { judgeQuery } from '../talk/judge-query.ts';
import { authenticateByScram } from '../talk/scram.ts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, send, take, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

const protocolVersion = 0x0003_0000;
const sslRequestCode = 80_877_103;
const lengthBytes = 4;
const headerBytes = 5;
/** By when the server itself gives up on a query that nobody waits for any more. */
const queryGraceMs = 1_000;
/** Only the first row is looked at. */
const rowsMax = 1;

/** What a server may say at any time, and what says nothing of its health. */
const asides = /^[SNAKv]$/;

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

const int32 = (value: number): Buffer => uint(value, lengthBytes, 'big');

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(lengthBytes + body.length), body]);
}

function* say(type: string, ...parts: readonly Buffer[]): Talk {
  yield* send(message(type, ...parts));
}

/** The next message of one of `types`. */
function* hear(types: string): Talk<Message> {
  while (true) {
    const header = yield* take(headerBytes);
    const type = header.toString('latin1', 0, 1);
    if (!`E${types}`.includes(type) && !asides.test(type)) throw new MalformedError('sent what was not asked for');
    const length = header.readUInt32BE(1) - lengthBytes;
    if (length < 0) throw new MalformedError('sent a message of no length');
    const body = yield* take(length);
    if (!asides.test(type)) return { type, body };
  }
}

interface ServerError {
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
}

function readError(body: Buffer): ServerError {
  const reader = new ByteReader(body, 'big');
  const fields = new Map<string, string>();
  for (let field = reader.text(); field !== '' && reader.remaining > 0; field = reader.text()) {
    fields.set(field.slice(0, 1), field.slice(1));
  }
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? '' };
}

/** Class 28: invalid authorisation; 42501: no right to connect. */
const refusal = /^(28|42501)/;

function* failBy(body: Buffer, otherwise: Reason, doing: string): Talk<never> {
  const { code, message } = readError(body);
  if (refusal.test(code)) return yield* fail('auth.refused', `PostgreSQL refused the log-in: ${message} (${code})`);
  return yield* fail(otherwise, `${doing}: ${message} (${code})`);
}

/** What a step of a log-in or a query needs: anything else than an error. */
function* need(types: string): Talk<Message> {
  const message = yield* hear(types);
  return message.type === 'E' ? yield* failBy(message.body, 'service.unavailable', 'PostgreSQL says') : message;
}

function* agreeOnTls(): Talk {
  yield* send(int32(2 * lengthBytes), int32(sslRequestCode));
  const answer = (yield* take(1)).toString('latin1');
  if (answer === 'S') return yield* secureTalk();
  if (answer !== 'N') throw new MalformedError('answered the request for TLS with neither yes nor no');
  yield* fail('tls.protocol', 'the server does not offer TLS');
}

function* start({ username, database }: PostgresqlProbe): Talk {
  const settings = { user: username, database: database ?? username, application_name: 'quorate' };
  const pairs = Object.entries({ ...settings, client_encoding: 'UTF8' }).flat();
  const body = Buffer.concat([int32(protocolVersion), ...pairs.map(zeroEnded), Buffer.from([0])]);
  yield* send(int32(lengthBytes + body.length), body);
}

const md5 = (...parts: (string | Buffer)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');

const authentication = { ok: 0, clearText: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;
const md5SaltBytes = 4;
const scramMechanism = 'SCRAM-SHA-256';

function* hearSasl(kind: number): Talk<string> {
  const reader = new ByteReader((yield* need('R')).body, 'big');
  if (reader.uint(lengthBytes) !== kind) throw new MalformedError('left the SCRAM exchange');
  return reader.rest().toString('utf8');
}

function* logInByScram(username: string, password: string, mechanisms: string): Talk {
  if (!mechanisms.split('\0').includes(scramMechanism)) {
    const offered = mechanisms.split('\0').filter((name) => name !== '');
    return yield* fail('auth.refused', `the server takes none but ${offered.join(', ')}, which is not supported`);
  }
  let isFirst = true;
  yield* authenticateByScram({ hash: 'sha256', username, password }, function* (message) {
    const bytes = Buffer.from(message);
    const head = isFirst ? [zeroEnded(scramMechanism), int32(bytes.length)] : [];
    yield* say('p', ...head, bytes);
    const kind = isFirst ? authentication.saslContinue : authentication.saslFinal;
    isFirst = false;
    return yield* hearSasl(kind);
  });
}

function* logInBy(reader: ByteReader, kind: number, postgresql: PostgresqlProbe): Talk {
  const { username, password, tls } = postgresql;
  if (password === null) return yield* fail('auth.refused', 'the server asks for a password, and the monitor has none');
  switch (kind) {
    case authentication.sasl:
      return yield* logInByScram(username, password, reader.rest().toString('utf8'));
    case authentication.md5:
      return yield* say('p', zeroEnded(`md5${md5(md5(password, username), reader.take(md5SaltBytes))}`));
    case authentication.clearText:
      if (tls !== 'disable') return yield* say('p', zeroEnded(password));
      return yield* fail('auth.refused', 'the server asks for the password in clear text: set tls to give it safely');
    default:
      return yield* fail('auth.refused', `the server asks for a way to log in that is not supported (${kind})`);
  }
}

function* logIn(postgresql: PostgresqlProbe): Talk {
  let hasAnswered = false;
  while (true) {
    const reader = new ByteReader((yield* need('R')).body, 'big');
    const kind = reader.uint(lengthBytes);
    if (kind === authentication.ok) break;
    if (hasAnswered) throw new MalformedError('asked for a second log-in');
    hasAnswered = true;
    yield* logInBy(reader, kind, postgresql);
  }
  yield* need('Z');
}

/** The first column of the first row; undefined without a row. */
function readRow(body: Buffer): string | null | undefined {
  const reader = new ByteReader(body, 'big');
  if (reader.uint(2) === 0) return undefined;
  const length = reader.int(lengthBytes);
  return length < 0 ? null : reader.take(length).toString('utf8');
}

/** Until the server is ready again: the first column of the first row. */
function* hearRows(): Talk<string | null | undefined> {
  let value: string | null | undefined;
  for (let hasRow = false; ;) {
    const { type, body } = yield* hear('12TDCIGHWdcsZ');
    if (type === 'E') return yield* failByQuery(body);
    if (type === 'G' || type === 'H' || type === 'W') {
      return yield* fail('query.mismatch', 'the query is a COPY, which is not supported');
    }
    if (type === 'D' && !hasRow) {
      value = readRow(body);
      hasRow = true;
    }
    if (type === 'Z') return value;
  }
}

function* failByQuery(body: Buffer): Talk<never> {
  const { code, message } = readError(body);
  return yield* fail('query.mismatch', `the query failed: ${message} (${code})`);
}

const nothing = Buffer.from([0]);
const none = uint(0, 2, 'big');

/** By the extended query, which takes one statement only: a second could end the transaction that holds the first. */
function* ask(sql: string): Talk<string | null | undefined> {
  const parsed = message('P', nothing, zeroEnded(sql), none);
  const bound = message('B', nothing, nothing, none, none, none);
  // In one breath: the network holds small words back until the one before was heard.
  yield* send(parsed, bound, message('E', nothing, int32(rowsMax)), message('S'));
  return yield* hearRows();
}

/** Nothing that a query does lasts, and PostgreSQL itself ends one that outlives the probe. */
function* askSafely(query: Query, timeoutMs: number): Talk {
  yield* say('Q', zeroEnded(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs + queryGraceMs}`));
  yield* hearRows();
  yield* judgeQuery(query, yield* ask(query.sql));
}

function* talk(postgresql: PostgresqlProbe, timeoutMs: number): Talk {
  if (postgresql.tls !== 'disable') yield* agreeOnTls();
  yield* start(postgresql);
  yield* logIn(postgresql);
  if (postgresql.query !== null) yield* askSafely(postgresql.query, timeoutMs);
  yield* say('X');
}

export const probePostgresql: PerformProbe<PostgresqlProbe> = async (postgresql, context) =>
  await probeService(
    {
      ...postgresql,
      endpoints: [postgresql],
      protocol: 'PostgreSQL',
      talk: (timeoutMs) => talk(postgresql, timeoutMs),
    },
    context,
  );
