/** Which types take authorities and client certificates, where their secrets stand, and where they would do nothing. */
import { describe, expect, it } from '@jest/globals';
import { mapProbeSecrets, probeSchema, tlsMaterialOf } from '../probe.ts';

const certificate = '-----BEGIN CERTIFICATE-----';
const clientCertificate = { certificate, key: 'k', passphrase: 'p' };
const at = { host: 'h.test' };
const question = { name: 'h.test', recordType: 'A' };
const login = { username: 'u', password: null };

const secure: readonly (readonly [type: string, settings: object])[] = [
  ['tls', at],
  ['smtp', at],
  ['grpc', { ...at, tls: true }],
  ['tcp', { ...at, port: 1, tls: true }],
  ['tcp', { ...at, port: 1, steps: [{ startTls: true }] }],
  ['dns', { ...question, protocol: 'tls' }],
  ['postgresql', { ...at, ...login, tls: 'verify' }],
  ['mysql', { ...at, ...login, tls: 'verify' }],
  ['redis', { ...at, tls: 'verify' }],
  ['mongodb', { ...at, tls: 'verify' }],
  ['amqp', { ...at, ...login, tls: 'verify' }],
  ['mqtt', { ...at, tls: 'verify' }],
  ['kafka', { brokers: ['h.test:9092'], tls: 'verify' }],
];

describe('certificates that a monitor brings along', () => {
  it.each(secure)('are taken by %s %j, and their secrets are sealed where they stand', (type, settings) => {
    const probe = probeSchema.parse({ type, [type]: { ...settings, ca: certificate, clientCertificate } });
    expect(tlsMaterialOf(probe)).toEqual({ ca: certificate, clientCertificate, pointer: `/${type}` });
    const mapped = mapProbeSecrets(probe, (_secret, field) => `<${field}>`) as Record<string, unknown>;
    expect(mapped[type]).toMatchObject({
      clientCertificate: {
        key: `</${type}/clientCertificate/key>`,
        passphrase: `</${type}/clientCertificate/passphrase>`,
      },
    });
  });

  it('are taken by websocket, among its settings of TLS', () => {
    const websocket = { url: 'wss://h.test/', tls: { ca: certificate, clientCertificate } };
    const probe = probeSchema.parse({ type: 'websocket', websocket });
    expect(tlsMaterialOf(probe)?.pointer).toBe('/websocket/tls');
    expect(mapProbeSecrets(probe, (_secret, field) => `<${field}>`)).toMatchObject({
      websocket: { tls: { clientCertificate: { key: '</websocket/tls/clientCertificate/key>' } } },
    });
  });

  it.each<[type: string, settings: object, path: string]>([
    ['smtp', { ...at, startTls: 'never' }, 'smtp.ca'],
    ['grpc', at, 'grpc.ca'],
    ['tcp', { ...at, port: 1 }, 'tcp.ca'],
    ['dns', question, 'dns.ca'],
    ['dns', { ...question, protocol: 'tcp' }, 'dns.ca'],
    ['redis', at, 'redis.ca'],
    ['kafka', { brokers: ['h.test:9092'] }, 'kafka.ca'],
  ])('are refused by %s %j: nobody speaks TLS there', (type, settings, path) => {
    const { error } = probeSchema.safeParse({ type, [type]: { ...settings, ca: certificate } });
    expect(error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([
      [path, 'must be null where TLS is not spoken'],
    ]);
  });

  it('are refused by a WebSocket in the clear', () => {
    const websocket = { url: 'ws://h.test/', tls: { clientCertificate } };
    const { error } = probeSchema.safeParse({ type: 'websocket', websocket });
    expect(error?.issues[0]?.path).toEqual(['websocket', 'tls', 'clientCertificate']);
  });

  it('are refused where any certificate will do', () => {
    const redis = { ...at, tls: 'require', ca: certificate, clientCertificate };
    const { error } = probeSchema.safeParse({ type: 'redis', redis });
    expect(error?.issues.map((issue) => issue.message)).toEqual([
      'must be null unless tls is "verify": "require" takes any certificate',
    ]);
  });
});
