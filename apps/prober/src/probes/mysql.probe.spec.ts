import { describe, expect, it } from '@jest/globals';
import { mysqlProbeSchema, type Evidence } from '@quorate/contracts';
import {
  mysqlPacket,
  mysqlStandIn,
  startPeerServer,
  type MysqlStandInSettings,
  type PeerScript,
  type PeerServer,
} from '@quorate/testing';
import { probeMysql } from './mysql.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const password = 'correct horse';
const stage = await openProbeStage();
let server: PeerServer;

async function look(script: PeerScript, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startPeerServer(script));
  const { port } = server;
  const settings = mysqlProbeSchema.parse({ host: 'localhost', port, username: 'watcher', password, ...changes });
  return await probeMysql(settings, stage.context());
}

const lookAt = (settings: MysqlStandInSettings, changes: object = {}): Promise<Evidence> =>
  look(mysqlStandIn({ password, ...settings }), changes);

describe('a MySQL server', () => {
  it.each<[string, MysqlStandInSettings]>([
    ['caching_sha2_password', {}],
    ['mysql_native_password', { plugin: 'mysql_native_password' }],
    ['a change from one to the other', { switchTo: 'mysql_native_password' }],
    ['a change from what nobody knows', { plugin: 'client_ed25519', switchTo: 'mysql_native_password' }],
    ['a change back', { plugin: 'mysql_native_password', switchTo: 'caching_sha2_password' }],
  ])('that lets in by %s is up', async (_what, settings) => {
    expect(await lookAt(settings)).toMatchObject({ outcome: 'up', reason: null, address: '127.0.0.1' });
  });

  it('is told goodbye, so that it counts no broken connection', async () => {
    await lookAt({});
    await server.untilAlone();
    expect(server.received).toMatch(/\x01\0\0\0\x01$/); // eslint-disable-line no-control-regex -- a packet
  });

  it('may have users without a password', async () => {
    const trusting = mysqlStandIn({ plugin: 'mysql_native_password' });
    expect(await look(trusting, { password: null })).toMatchObject({ outcome: 'up' });
  });

  it('that refuses the password is down', async () => {
    expect(await lookAt({}, { password: 'another one' })).toMatchObject({
      outcome: 'down',
      reason: 'auth.refused',
      message: expect.stringMatching(/^MySQL refused us: Access denied for user 'watcher'.* \(1045\)$/),
    });
  });

  it.each<[string, MysqlStandInSettings, RegExp]>([
    ['wants the password itself in the clear', { isCacheEmpty: true }, /the password itself: set tls/],
    ['wants it in clear text in the clear', { switchTo: 'mysql_clear_password' }, /the password itself: set tls/],
    ['knows a way to log in that Quorate does not', { switchTo: 'client_ed25519' }, /not supported: client_ed25519/],
  ])('that %s is not given it', async (_what, settings, message) => {
    expect(await lookAt(settings)).toMatchObject({
      outcome: 'down',
      reason: 'auth.refused',
      message: expect.stringMatching(message),
    });
    expect(server.received).not.toContain(password);
  });

  it.each<[string, MysqlStandInSettings, string]>([
    ['is full', { refusal: [1_040, 'Too many connections'] }, 'MySQL says: Too many connections (1040)'],
    ['lacks the database', { logInError: [1_049, "Unknown database 'x'"] }, "MySQL says: Unknown database 'x' (1049)"],
    [
      'shuts down',
      { pingError: [1_053, 'Server shutdown in progress'] },
      'MySQL says: Server shutdown in progress (1053)',
    ],
  ])('that %s is down, in its own words', async (_what, settings, message) => {
    expect(await lookAt(settings)).toMatchObject({ outcome: 'down', reason: 'service.unavailable', message });
  });

  it('that takes nobody from here is down', async () => {
    const refusal = [1_130, "Host '10.0.0.1' is not allowed to connect to this MySQL server"] as const;
    expect(await lookAt({ refusal })).toMatchObject({ reason: 'auth.refused' });
  });

  it.each<[string, Buffer]>([
    ['a packet out of its turn', mysqlPacket(3, Buffer.from([10]))],
    ['a greeting of another version', mysqlPacket(0, Buffer.from([9, 0, 0]))],
    ['a greeting that is cut', mysqlPacket(0, Buffer.from('\x0a8.4.0\0abc'))],
    ['sixteen megabytes', Buffer.from([0xff, 0xff, 0xff, 0])],
    ['an empty packet', Buffer.from([0, 0, 0, 0])],
  ])('that begins with %s is none', async (_what, bytes) => {
    expect(await look((peer) => peer.write(bytes))).toMatchObject({ reason: 'protocol.mismatch' });
  });
});

describe('TLS to MySQL', () => {
  it.each<[string, MysqlStandInSettings]>([
    ['an empty cache', { isCacheEmpty: true }],
    ['clear text', { switchTo: 'mysql_clear_password' }],
    ['a proof', {}],
  ])('lets a password pass by %s', async (_what, settings) => {
    expect(await lookAt({ issued: stage.issued, ...settings }, { tls: 'verify' })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it('that is not offered is down', async () => {
    const evidence = await lookAt({}, { tls: 'require' });
    expect(evidence).toMatchObject({ reason: 'tls.protocol', message: 'the server does not offer TLS' });
  });
});

describe('a query to MySQL', () => {
  const query = (equals: string | null = null) => ({ query: { sql: 'SELECT 1', equals } });

  it.each([
    ['8.4.0', 'SET SESSION max_execution_time = 1900'],
    ['5.5.5-10.11.6-MariaDB', 'SET SESSION max_statement_time = 1.9'],
  ])('of version %s changes nothing and ends by itself', async (version, limit) => {
    expect(await lookAt({ version }, query('1'))).toMatchObject({ outcome: 'up' });
    expect(server.received).toContain(limit);
    expect(server.received).toContain('START TRANSACTION READ ONLY');
  });

  const long = 'x'.repeat(300);
  it('takes values of some length', async () => {
    expect(await lookAt({ row: [long] }, query(long))).toMatchObject({ outcome: 'up' });
  });

  it.each<[string, MysqlStandInSettings, string | null, string]>([
    ['another value', { row: ['2'] }, '1', 'expected "1", the query gave "2"'],
    ['NULL', { row: [null] }, '', 'expected "", the query gave NULL'],
    ['no row', { row: null }, '1', 'expected "1", the query gave no row'],
    ['an error', { queryError: [1_146, "Table 'x' doesn't exist"] }, null, "the query failed: Table 'x' doesn't exist"],
    ['a wish for a file of ours', { asksForFile: true }, null, 'asks for a file of the prober, and gets none'],
  ])('that gives %s is down', async (_what, settings, equals, message) => {
    expect(await lookAt(settings, query(equals))).toMatchObject({
      outcome: 'down',
      reason: 'query.mismatch',
      message: expect.stringContaining(message),
    });
  });
});
