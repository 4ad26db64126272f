import { describe, expect, it } from '@jest/globals';
import { redisProbeSchema, type Evidence } from '@quorate/contracts';
import {
  redisStandIn,
  startPeerServer,
  type PeerScript,
  type PeerServer,
  type RedisStandInSettings,
} from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeRedis } from './redis.probe.ts';

const password = 'correct horse';
const stage = await openProbeStage();
let server: PeerServer;

async function look(script: PeerScript, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startPeerServer(script));
  const settings = redisProbeSchema.parse({ host: 'localhost', port: server.port, ...changes });
  return await probeRedis(settings, stage.context());
}

const lookAt = (settings: RedisStandInSettings, changes: object = {}): Promise<Evidence> =>
  look(redisStandIn(settings), changes);

describe('a Redis server', () => {
  it('that answers a PING is up', async () => {
    expect(await lookAt({})).toMatchObject({ outcome: 'up', reason: null });
    expect(server.received).toBe('*1\r\n$4\r\nPING\r\n');
  });

  it('is logged in to, as a user where there is one, and asked for the database of the monitor', async () => {
    expect(await lookAt({ password }, { username: 'watcher', password, database: 3 })).toMatchObject({ outcome: 'up' });
    const logIn = `*3\r\n$4\r\nAUTH\r\n$7\r\nwatcher\r\n$13\r\n${password}\r\n`;
    expect(server.received).toBe(`${logIn}*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*1\r\n$4\r\nPING\r\n`);
  });

  it('is sent a password as it is, line breaks and all, and never a second command with it', async () => {
    const odd = 'a\r\nSHUTDOWN\r\né';
    expect(await lookAt({ password: odd }, { password: odd })).toMatchObject({ outcome: 'up' });
  });

  it.each<[string, RedisStandInSettings, object]>([
    ['wants a password and gets none', { password }, {}],
    ['gets a wrong one', { password }, { password: 'another one' }],
    ['has none', { answers: { AUTH: '-ERR AUTH <password> called without any password configured' } }, { password }],
    ['is old and has none', { answers: { AUTH: '-ERR Client sent AUTH, but no password is set' } }, { password }],
    ['is old and gets a wrong one', { answers: { AUTH: '-ERR invalid password' } }, { password }],
    ['allows the user no PING', { answers: { PING: '-NOPERM User watcher has no permissions to run' } }, {}],
  ])('that %s is down', async (_what, settings, changes) => {
    expect(await lookAt(settings, changes)).toMatchObject({ outcome: 'down', reason: 'auth.refused' });
  });

  it.each([
    ['LOADING Redis is loading the dataset in memory'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
    ['BUSY Redis is busy running a script.'],
    ['MISCONF Redis is configured to save RDB snapshots'],
  ])('that cannot serve is down, in its own words: %s', async (words) => {
    expect(await lookAt({ answers: { PING: `-${words}` } })).toMatchObject({
      outcome: 'down',
      reason: 'service.unavailable',
      message: `Redis cannot answer PING: ${words}`,
    });
  });

  it('that takes no more clients, or none from here, is down', async () => {
    const full: PeerScript = (peer) => {
      peer.write('-ERR max number of clients reached\r\n');
      peer.end();
    };
    expect(await look(full)).toMatchObject({ reason: 'service.unavailable' });
  });

  it('without the database is down', async () => {
    const answers = { SELECT: '-ERR DB index is out of range' };
    expect(await lookAt({ answers }, { database: 99 })).toMatchObject({ reason: 'service.unavailable' });
  });

  it.each(['+OK', ':1', '$4', '*0', '', 'PONG', '+PONG?'])('that answers a PING with %j is none', async (answer) => {
    expect(await lookAt({ answers: { PING: answer } })).toMatchObject({ reason: 'protocol.mismatch' });
  });

  it('that sends a line without an end is down', async () => {
    expect(await look((peer) => peer.write(`+${'x'.repeat(100_000)}`))).toMatchObject({ reason: 'protocol.mismatch' });
  });

  it('speaks TLS where it is told to', async () => {
    expect(await lookAt({ issued: stage.issued, password }, { tls: 'verify', password })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
    await server.close();
    const plain: PeerScript = async (peer) => {
      await peer.take(1);
      peer.write('-ERR Protocol error\r\n');
    };
    expect(await look(plain, { tls: 'verify' })).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
  });

  it('has no user without a password', () => {
    expect(redisProbeSchema.safeParse({ host: 'localhost', username: 'watcher' }).success).toBe(false);
  });
});
