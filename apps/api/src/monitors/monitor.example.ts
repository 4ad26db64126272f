/** A monitor as the documentation shows it. */
import type { MonitorSettingsInput } from '@quorate/contracts';
import type { CertificateAnswer, RoundAnswer } from '../rounds/round.schema.ts';
import type { MonitorAnswer } from './monitor.schema.ts';

export const exampleMonitorSettings = {
  name: 'Shop',
  type: 'http',
  intervalSeconds: 30,
  timeoutSeconds: 10,
  regions: ['*'],
  tags: { team: 'web' },
  http: { url: 'https://shop.example.com/health', expect: { status: ['200-299'], body: [{ contains: 'ok' }] } },
} satisfies MonitorSettingsInput;

type Settings = MonitorSettingsInput;

/** A monitor of each type, with little more than its target. */
export const exampleMonitorsByType: {
  readonly [Type in Settings['type']]: Extract<Settings, { type: Type }>;
} = {
  http: exampleMonitorSettings,
  tcp: { name: 'Mail', type: 'tcp', tcp: { host: 'mail.example.com', port: 25, steps: [{ expect: '^220' }] } },
  dns: {
    name: 'Name of the shop',
    type: 'dns',
    dns: { name: 'shop.example.com', recordType: 'A', expect: { values: ['203.0.113.7'], match: 'all' } },
  },
  domain: {
    name: 'Our domain',
    type: 'domain',
    intervalSeconds: 3_600,
    domain: { name: 'example.com', minDaysLeft: 14 },
  },
  icmp: { name: 'Router', type: 'icmp', icmp: { host: 'router.example.com', count: 5, maxLossPercent: 20 } },
  heartbeat: {
    name: 'Backup',
    type: 'heartbeat',
    heartbeat: { cron: '0 3 * * *', timeZone: 'Europe/Berlin', graceSeconds: 900, maxRunSeconds: 7_200 },
  },
  tls: {
    name: 'Certificate of the mail server',
    type: 'tls',
    intervalSeconds: 3_600,
    tls: { host: 'mail.example.com', port: 587, startTls: 'smtp', certificateWarningDays: 21 },
  },
  smtp: {
    name: 'Mail',
    type: 'smtp',
    intervalSeconds: 300,
    smtp: { host: 'mx.example.com', recipient: { to: 'postmaster@example.com' } },
  },
  grpc: {
    name: 'Orders',
    type: 'grpc',
    grpc: { host: 'orders.example.com', port: 443, tls: true, service: 'shop.v1.Orders' },
  },
  websocket: {
    name: 'Live prices',
    type: 'websocket',
    websocket: { url: 'wss://live.example.com/prices', send: '{"op":"ping"}', expect: '"op":"pong"' },
  },
  postgresql: {
    name: 'Shop database',
    type: 'postgresql',
    postgresql: {
      host: 'db.example.com',
      tls: 'verify',
      database: 'shop',
      username: 'watcher',
      password: 'a password of its own',
      query: { sql: 'select count(*) from orders where stuck', equals: '0' },
    },
  },
  redis: {
    name: 'Cache',
    type: 'redis',
    redis: { host: 'cache.example.com', username: 'watcher', password: 'a password of its own' },
  },
  mysql: {
    name: 'Blog database',
    type: 'mysql',
    mysql: { host: 'db.example.com', tls: 'verify', username: 'watcher', password: 'a password of its own' },
  },
  mqtt: {
    name: 'Sensors',
    type: 'mqtt',
    mqtt: { host: 'mqtt.example.com', tls: 'verify', username: 'watcher', password: 'a password of its own' },
  },
  amqp: {
    name: 'Work queue',
    type: 'amqp',
    amqp: { host: 'rabbit.example.com', tls: 'verify', vhost: 'shop', username: 'watcher', queue: 'orders' },
  },
  kafka: {
    name: 'Events',
    type: 'kafka',
    kafka: {
      brokers: ['kafka-1.example.com:9092', 'kafka-2.example.com:9092'],
      tls: 'verify',
      sasl: { mechanism: 'scram-sha-512', username: 'watcher', password: 'a password of its own' },
      topic: 'orders',
    },
  },
  mongodb: {
    name: 'Catalogue',
    type: 'mongodb',
    mongodb: { host: 'mongo.example.com', tls: 'verify', username: 'watcher', password: 'a password of its own' },
  },
};

/** Monitors that must prove who asks. */
export const exampleMonitorsWithCredentials = {
  'http-digest': {
    name: 'Camera',
    type: 'http',
    http: { url: 'https://camera.example.com/', auth: { type: 'digest', username: 'probe', password: 'a password' } },
  },
  'http-oauth2': {
    name: 'Orders API',
    type: 'http',
    http: {
      url: 'https://api.example.com/orders/health',
      auth: {
        type: 'oauth2',
        tokenUrl: 'https://login.example.com/oauth2/token',
        clientId: 'quorate',
        clientSecret: 'a client secret',
        scope: 'orders:read',
      },
    },
  },
  'http-client-certificate': {
    name: 'Bank',
    type: 'http',
    http: {
      url: 'https://bank.example.com/health',
      tls: {
        clientCertificate: {
          certificate: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n',
          key: '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n',
        },
      },
    },
  },
} satisfies Readonly<Record<string, MonitorSettingsInput>>;

const exampleCertificate: CertificateAnswer = {
  notAfter: '2027-01-21T00:00:00.000Z',
  daysLeft: 61,
  issuer: 'CN=Example CA',
  subject: 'CN=shop.example.com',
  firstToExpire: 'CN=shop.example.com',
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  warning: false,
};

export const exampleRound: RoundAnswer = {
  dueAt: '2026-11-21T10:00:30.000Z',
  kind: 'scheduled',
  verdict: 'up',
  closedAt: '2026-11-21T10:00:30.214Z',
  expectedRegions: ['eu'],
  absentRegions: [],
  quarantinedRegions: [],
  missedRoundCount: 0,
  votes: [
    {
      region: 'eu',
      proberId: 'eu-1',
      outcome: 'up',
      reason: null,
      message: null,
      startedAt: '2026-11-21T10:00:30.052Z',
      phases: { dnsMs: 1.2, connectMs: 8, tlsMs: 17.5, ttfbMs: 30.1, transferMs: 0.4, totalMs: 57.2 },
      statusCode: 200,
      address: '203.0.113.7',
      connection: 'fresh',
      certificate: exampleCertificate,
      excerpt: null,
      redirects: 0,
      late: false,
    },
  ],
};

export const exampleMonitor: MonitorAnswer = {
  id: '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11',
  version: 1,
  name: 'Shop',
  type: 'http',
  intervalSeconds: 30,
  timeoutSeconds: 10,
  regions: ['*'],
  tags: { team: 'web' },
  decision: { quorum: 'majority', electorate: 'expected', confirmations: 3, confirmIntervalSeconds: 5, recoveries: 2 },
  channelIds: [],
  reminderMinutes: null,
  http: {
    url: 'https://shop.example.com/health',
    method: 'GET',
    headers: {},
    body: null,
    auth: { type: 'none' },
    followRedirects: true,
    maxRedirects: 10,
    httpsOnly: false,
    ipFamily: 'auto',
    resolver: null,
    proxy: null,
    connection: 'fresh',
    httpVersion: '1.1',
    tls: { verify: true, certificateWarningDays: 14, ca: null, clientCertificate: null },
    expect: { status: ['200-299'], body: [{ contains: 'ok' }], json: [], headers: [], maxResponseMs: null },
  },
  status: 'up',
  statusSince: '2026-11-21T10:00:00.000Z',
  flapping: false,
  timeToAlertSecondsMax: 76,
  certificate: exampleCertificate,
  certificateWarning: null,
  lastRound: exampleRound,
};
