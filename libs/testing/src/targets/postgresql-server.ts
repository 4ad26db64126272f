/** A stand-in for PostgreSQL that speaks as much of its protocol as a log-in and a query take. */
import { createHash } from 'node:crypto';
import type { Issued } from './certificates.ts';
import type { Peer, PeerScript } from './peer-server.ts';
import { ScramServer, type ScramServerSettings } from './scram-server.ts';

export interface PostgresqlStandInSettings {
  readonly auth?: 'trust' | 'clear-text' | 'md5' | 'scram' | 'gss' | 'scram-plus-only';
  readonly password?: string;
  readonly scram?: Partial<ScramServerSettings>;
  /** Offers TLS where given. */
  readonly issued?: Issued;
  /** SQLSTATE and words: refuses everybody. */
  readonly refusal?: readonly [code: string, message: string];
  /** What a query gives: columns of one row, none, or an error. */
  readonly row?: readonly (string | null)[] | null;
  readonly queryError?: readonly [code: string, message: string];
}

const sslRequestCode = 80_877_103;

function int(value: number, byteCount = 4): Buffer {
  const bytes = Buffer.alloc(byteCount);
  bytes.writeIntBE(value, 0, byteCount);
  return bytes;
}

/** A message of the protocol. */
export function postgresqlMessage(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const error = ([code, message]: readonly [string, string]): Buffer =>
  postgresqlMessage('E', text('SFATAL'), text(`C${code}`), text(`M${message}`), Buffer.from([0]));
const md5 = (value: string, salt: Buffer | string): string =>
  createHash('md5').update(value).update(salt).digest('hex');
const wrongPassword: readonly [string, string] = ['28P01', 'password authentication failed for user "watcher"'];

async function takeMessage(peer: Peer): Promise<Buffer> {
  return (await takeTyped(peer)).body;
}

async function takeTyped(peer: Peer): Promise<{ readonly type: string; readonly body: Buffer }> {
  const header = await peer.take(5);
  return { type: header.toString('latin1', 0, 1), body: await peer.take(header.readUInt32BE(1) - 4) };
}

async function takeStartup(peer: Peer, issued: Issued | undefined): Promise<Buffer> {
  const length = (await peer.take(4)).readUInt32BE();
  const body = await peer.take(length - 4);
  if (body.readUInt32BE() !== sslRequestCode) return body;
  peer.write(issued === undefined ? 'N' : 'S');
  if (issued !== undefined) await peer.startTls(issued);
  return await takeStartup(peer, issued);
}

async function checkScram(peer: Peer, { password = '', scram }: PostgresqlStandInSettings): Promise<boolean> {
  const server = new ScramServer({ hash: 'sha256', password, ...scram });
  peer.write(postgresqlMessage('R', int(10), text('SCRAM-SHA-256-PLUS'), text('SCRAM-SHA-256'), Buffer.from([0])));
  const first = await takeMessage(peer);
  const challenge = server.challenge(first.toString('utf8').replace(/^SCRAM-SHA-256\0.{4}/s, ''));
  peer.write(postgresqlMessage('R', int(11), Buffer.from(challenge)));
  const final = server.finish((await takeMessage(peer)).toString('utf8'));
  if (final !== null) peer.write(postgresqlMessage('R', int(12), Buffer.from(final)));
  return final !== null;
}

async function isLetIn(peer: Peer, settings: PostgresqlStandInSettings): Promise<boolean> {
  const { auth = 'trust', password = '' } = settings;
  const salt = Buffer.from([1, 2, 3, 4]);
  switch (auth) {
    case 'trust':
      return true;
    case 'clear-text':
      peer.write(postgresqlMessage('R', int(3)));
      return (await takeMessage(peer)).equals(text(password));
    case 'md5':
      peer.write(postgresqlMessage('R', int(5), salt));
      return (await takeMessage(peer)).equals(text(`md5${md5(md5(password, 'watcher'), salt)}`));
    case 'scram':
      return await checkScram(peer, settings);
    case 'gss':
      peer.write(postgresqlMessage('R', int(7)));
      return false;
    case 'scram-plus-only':
      peer.write(postgresqlMessage('R', int(10), text('SCRAM-SHA-256-PLUS'), Buffer.from([0])));
      return false;
    default:
      return auth satisfies never;
  }
}

function dataRow(row: readonly (string | null)[]): Buffer {
  const columns = row.map((value) =>
    value === null ? int(-1) : Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)]),
  );
  return postgresqlMessage('D', int(row.length, 2), ...columns);
}

const ready = postgresqlMessage('Z', Buffer.from('I'));
const done = postgresqlMessage('C', text('SELECT 1'));

async function answerQueries(peer: Peer, { row = ['1'], queryError }: PostgresqlStandInSettings): Promise<void> {
  await takeMessage(peer);
  peer.write(postgresqlMessage('C', text('BEGIN')), postgresqlMessage('C', text('SET')), ready);
  // The parts of an extended query are answered together, when the client synchronises.
  while ((await takeTyped(peer)).type !== 'S');
  const begun = [postgresqlMessage('1'), postgresqlMessage('2')];
  if (queryError !== undefined) peer.write(error(queryError), ready);
  else if (row === null) peer.write(...begun, done, ready);
  else peer.write(...begun, dataRow(row), postgresqlMessage('s'), ready);
}

export function postgresqlStandIn(settings: PostgresqlStandInSettings = {}): PeerScript {
  return async (peer) => {
    await takeStartup(peer, settings.issued);
    if (settings.refusal !== undefined) return void peer.write(error(settings.refusal));
    if (!(await isLetIn(peer, settings))) return void peer.write(error(wrongPassword));
    const status = postgresqlMessage('S', text('server_version'), text('18.1'));
    peer.write(postgresqlMessage('R', int(0)), status, postgresqlMessage('K', int(1), int(2)), ready);
    await answerQueries(peer, settings);
  };
}
