import { describe, expect, it } from '@jest/globals';
import { postgresqlProbeSchema, type Evidence } from '@quorate/contracts';
import {
  postgresqlMessage,
  postgresqlStandIn,
  startPeerServer,
  type PeerScript,
  type PeerServer,
  type PostgresqlStandInSettings,
} from '@quorate/testing';
import { probePostgresql } from './postgresql.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const password = 'correct horse';
const stage = await openProbeStage();
let server: PeerServer;

async function look(script: PeerScript, changes: object = {}, timeoutMs = 900): Promise<Evidence> {
  server = await stage.serve(startPeerServer(script));
  const { port } = server;
  const settings = postgresqlProbeSchema.parse({ host: 'localhost', port, username: 'watcher', password, ...changes });
  return await probePostgresql(settings, stage.context({ timeoutMs }));
}

const lookAt = (settings: PostgresqlStandInSettings, changes: object = {}): Promise<Evidence> =>
  look(postgresqlStandIn({ password, ...settings }), changes);

describe('a PostgreSQL server', () => {
  it.each(['trust', 'md5', 'scram'] as const)('that lets in by %s is up', async (auth) => {
    const evidence = await lookAt({ auth });
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, address: '127.0.0.1', certificate: null });
    expect(evidence.phases).toMatchObject({ tlsMs: null, ttfbMs: expect.any(Number) });
  });

  it('is told goodbye, so that it logs no broken connection', async () => {
    await lookAt({});
    await server.untilAlone();
    expect(server.received).toMatch(/X\0{3}.$/);
  });

  it('is asked for the database of the monitor, else for the one that is named like the user', async () => {
    await lookAt({}, { database: 'shop' });
    expect(server.received).toContain('database\0shop\0');
    await server.close();
    await lookAt({});
    expect(server.received).toContain('database\0watcher\0');
  });

  it('prepares passwords that are not plain ASCII as servers do', async () => {
    expect(await lookAt({ auth: 'scram', password: 'IX a' }, { password: '\u2168\u00a0a\u00ad' })).toMatchObject({
      outcome: 'up',
    });
  });

  it.each(['md5', 'scram'] as const)('that refuses the password by %s is down', async (auth) => {
    expect(await lookAt({ auth }, { password: 'another one' })).toMatchObject({
      outcome: 'down',
      reason: 'auth.refused',
      message: 'PostgreSQL refused the log-in: password authentication failed for user "watcher" (28P01)',
      excerpt: null,
    });
  });

  it.each<[string, PostgresqlStandInSettings, object, RegExp]>([
    ['wants a password that the monitor lacks', { auth: 'scram' }, { password: null }, /the monitor has none/],
    ['wants the password in clear text', { auth: 'clear-text' }, {}, /in clear text: set tls/],
    ['knows ways to log in that Quorate does not', { auth: 'gss' }, {}, /not supported \(7\)/],
    ['insists on channel binding', { auth: 'scram-plus-only' }, {}, /SCRAM-SHA-256-PLUS, which is not supported/],
    ['cannot prove itself', { auth: 'scram', scram: { fault: 'false-proof' } }, {}, /could not prove/],
    ['asks for hardly any work', { auth: 'scram', scram: { iterations: 1 } }, {}, /asks for 1 SCRAM iterations/],
    ['asks for endless work', { auth: 'scram', scram: { iterations: 2e9 } }, {}, /asks for 2000000000 SCRAM/],
  ])('that %s is not given it', async (_what, settings, changes, message) => {
    expect(await lookAt(settings, changes)).toMatchObject({
      outcome: 'down',
      reason: 'auth.refused',
      message: expect.stringMatching(message),
    });
    expect(server.received).not.toContain(password);
  });

  it.each(['foreign-nonce', 'no-salt'] as const)('whose challenge is wrong (%s) is down', async (fault) => {
    expect(await lookAt({ auth: 'scram', scram: { fault } })).toMatchObject({ reason: 'protocol.mismatch' });
  });

  it.each([
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
    ['3D000', 'database "watcher" does not exist'],
  ])('that cannot serve is down, in its own words: %s', async (code, words) => {
    expect(await lookAt({ refusal: [code, words] })).toMatchObject({
      outcome: 'down',
      reason: 'service.unavailable',
      message: `PostgreSQL says: ${words} (${code})`,
    });
  });

  it('that no pg_hba.conf entry lets us in to is down', async () => {
    const refusal = ['28000', 'no pg_hba.conf entry for host "127.0.0.1"'] as const;
    expect(await lookAt({ refusal })).toMatchObject({ reason: 'auth.refused' });
  });

  it('that announces a message of four gigabytes is down, without room made for it', async () => {
    const giant = Buffer.concat([Buffer.from('R'), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    expect(await look((peer) => peer.write(giant))).toMatchObject({ reason: 'protocol.mismatch' });
  });

  it('that sends notices without end is down', async () => {
    const notice = postgresqlMessage('N', Buffer.from('Mhello\0\0'));
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => notice));
    const pour: PeerScript = (peer) => {
      for (let count = 0; count < 100; count++) peer.write(many);
    };
    expect(await look(pour, {}, 10_000)).toMatchObject({
      reason: 'protocol.mismatch',
      message: expect.stringMatching(/without end/),
    });
  });
});

describe('TLS to PostgreSQL', () => {
  it('is agreed on first, and lets a password pass in clear text', async () => {
    expect(await lookAt({ issued: stage.issued, auth: 'clear-text' }, { tls: 'verify' })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it('that is not offered is down', async () => {
    expect(await lookAt({}, { tls: 'require' })).toMatchObject({
      reason: 'tls.protocol',
      message: 'the server does not offer TLS',
    });
  });

  it.each([
    ['verify', 'down', 'tls.self-signed'],
    ['require', 'up', null],
  ])('with a self-signed certificate: %s is %s', async (tls, outcome, reason) => {
    const issued = await stage.authority.issue({ names: ['localhost'], selfSigned: true });
    expect(await lookAt({ issued, auth: 'scram' }, { tls })).toMatchObject({ outcome, reason });
  });

  it('takes nothing that was slipped in before it', async () => {
    const injecting: PeerScript = async (peer) => {
      await peer.take(8);
      peer.write('S', postgresqlMessage('R', Buffer.alloc(4)), postgresqlMessage('Z', Buffer.from('I')));
    };
    expect(await look(injecting, { tls: 'require' })).toMatchObject({
      reason: 'protocol.mismatch',
      message: 'the server does not speak PostgreSQL: it went on in the clear after agreeing on TLS',
    });
  });
});

describe('a query to PostgreSQL', () => {
  const query = (equals: string | null = null) => ({ query: { sql: 'SELECT 1', equals } });

  it('is asked in a transaction that changes nothing and ends by itself', async () => {
    expect(await lookAt({}, query('1'))).toMatchObject({ outcome: 'up' });
    expect(server.received).toContain('BEGIN READ ONLY; SET LOCAL statement_timeout = 1900\0');
  });

  it.each<[string, PostgresqlStandInSettings, string | null, string]>([
    ['another value', { row: ['2'] }, '1', 'expected "1", the query gave "2"'],
    ['NULL', { row: [null] }, '', 'expected "", the query gave NULL'],
    ['no row', { row: null }, '1', 'expected "1", the query gave no row'],
    ['a row without columns', { row: [] }, '1', 'expected "1", the query gave no row'],
    [
      'a table of others',
      { queryError: ['42501', 'permission denied for table x'] },
      null,
      'the query failed: permission',
    ],
    ['an error', { queryError: ['42P01', 'relation "x" does not exist'] }, null, 'the query failed: relation "x" does'],
  ])('that gives %s is down', async (_what, settings, equals, message) => {
    expect(await lookAt(settings, query(equals))).toMatchObject({
      outcome: 'down',
      reason: 'query.mismatch',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, PostgresqlStandInSettings]>([
    ['no row', { row: null }],
    ['NULL', { row: [null] }],
    ['anything', { row: ['x', 'y'] }],
  ])('of which nothing is expected may give %s', async (_what, settings) => {
    expect(await lookAt(settings, query())).toMatchObject({ outcome: 'up' });
  });
});
