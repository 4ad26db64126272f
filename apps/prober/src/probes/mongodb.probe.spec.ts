import { describe, expect, it } from '@jest/globals';
import { mongodbProbeSchema, type Evidence } from '@quorate/contracts';
import {
  mongodbMessage,
  mongodbStandIn,
  startPeerServer,
  type MongodbStandInSettings,
  type PeerScript,
  type PeerServer,
} from '@quorate/testing';
import { probeMongodb } from './mongodb.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const password = 'correct horse';
const credentials = { username: 'watcher', password };
const stage = await openProbeStage();
let server: PeerServer;

async function look(script: PeerScript, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startPeerServer(script));
  const settings = mongodbProbeSchema.parse({ host: 'localhost', port: server.port, ...changes });
  return await probeMongodb(settings, stage.context());
}

const lookAt = (settings: MongodbStandInSettings, changes: object = {}): Promise<Evidence> =>
  look(mongodbStandIn({ password, ...settings }), changes);

describe('a MongoDB server', () => {
  it.each<[string, MongodbStandInSettings, object]>([
    ['asks for no log-in', {}, {}],
    ['takes SCRAM-SHA-256', {}, credentials],
    ['takes SCRAM-SHA-1', { mechanism: 'SCRAM-SHA-1' }, credentials],
    ['ends the log-in with one more exchange', { endsLate: true }, credentials],
    ['is a secondary', { hello: { isWritablePrimary: false, secondary: true } }, {}],
    ['is a router', { hello: { isWritablePrimary: false, msg: 'isdbgrid' } }, {}],
  ])('that %s is up', async (_what, settings, changes) => {
    expect(await lookAt(settings, changes)).toMatchObject({ outcome: 'up', reason: null, address: '127.0.0.1' });
  });

  it.each<[string, MongodbStandInSettings, object, string, RegExp]>([
    [
      'refuses',
      {},
      { ...credentials, password: 'x' },
      'auth.refused',
      /Authentication failed\. \(AuthenticationFailed\)/,
    ],
    ['is false', { scram: { fault: 'false-proof' } }, credentials, 'auth.refused', /could not prove/],
    ['recovers', { hello: { isWritablePrimary: false } }, {}, 'service.unavailable', /neither primary nor secondary/],
    [
      'shuts down',
      { pong: { ok: 0, errmsg: 'The server is in quiesce mode', code: 91, codeName: 'ShutdownInProgress' } },
      {},
      'service.unavailable',
      /^MongoDB says: The server is in quiesce mode \(ShutdownInProgress\)$/,
    ],
    ['answers with nothing', { pong: {} }, {}, 'protocol.mismatch', /neither yes nor no/],
  ])('that %s is down', async (_what, settings, changes, reason, message) => {
    const evidence = await lookAt(settings, changes);
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  const hello = mongodbMessage(1, { ok: 1, isWritablePrimary: true });
  const nested = (depth: number): Buffer => {
    const head = Buffer.from([3, 0x61, 0]);
    let document = Buffer.from([5, 0, 0, 0, 0]);
    for (let level = 0; level < depth; level++) {
      const length = Buffer.alloc(4);
      length.writeInt32LE(document.length + head.length + 5);
      document = Buffer.concat([length, head, document, Buffer.from([0])]);
    }
    const answer = Buffer.concat([hello.subarray(0, 21), document]);
    answer.writeInt32LE(answer.length);
    return answer;
  };
  const changed = (offset: number, value: number): Buffer => {
    const bytes = Buffer.from(hello);
    bytes.writeInt32LE(value, offset);
    return bytes;
  };

  it.each<[string, Buffer]>([
    ['to another question', changed(8, 77)],
    ['by an older message', changed(12, 1)],
    ['with two gigabytes', changed(0, 0x7fff_ffff)],
    ['of less than nothing', changed(0, 3)],
    ['in sections', changed(17, 0x0100_0000)],
    ['with a document of another length', changed(21, 12)],
    ['nested ten thousand deep', nested(10_000)],
  ])('that answers %s is none', async (_what, bytes) => {
    const script: PeerScript = async (peer) => {
      await peer.take(16);
      peer.write(bytes);
    };
    expect(await look(script)).toMatchObject({ outcome: 'down', reason: 'protocol.mismatch' });
  });

  it('is spoken to over TLS', async () => {
    expect(await lookAt({ issued: stage.issued }, { tls: 'verify', ...credentials })).toMatchObject({
      outcome: 'up',
      certificate: { warning: false },
    });
  });

  it('has a user and a password, or neither', () => {
    expect(mongodbProbeSchema.safeParse({ host: 'h', password }).success).toBe(false);
    expect(mongodbProbeSchema.safeParse({ host: 'h', username: 'watcher' }).success).toBe(false);
  });
});
