import { describe, expect, it } from '@jest/globals';
import { isDeadMansSwitch, monitorRecordSchema, monitorSettingsSchema, selfMonitorSettingsSchema } from './monitor.ts';
import { probeOf, targetOf } from './probe.ts';

const least = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };

const job = { name: 'Backup', type: 'heartbeat', heartbeat: {} };

function faultsOf(input: unknown): string[] {
  const parsed = monitorSettingsSchema.safeParse(input);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
}

describe('monitor settings', () => {
  it('need a name, a type and a target, and fill in the rest', () => {
    expect(monitorSettingsSchema.parse(least)).toEqual({
      name: 'Shop',
      type: 'http',
      intervalSeconds: 30,
      timeoutSeconds: 10,
      regions: ['*'],
      tags: {},
      channelIds: [],
      reminderMinutes: null,
      decision: {
        quorum: 'majority',
        electorate: 'expected',
        confirmations: 3,
        confirmIntervalSeconds: 5,
        recoveries: 2,
      },
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
        expect: { status: ['200-299'], body: [], json: [], headers: [], maxResponseMs: null },
      },
    });
  });

  it.each([
    ['a time-out above the interval', { ...least, intervalSeconds: 5 }, '/timeoutSeconds'],
    [
      'a confirm interval above the interval',
      { ...least, timeoutSeconds: 5, intervalSeconds: 5, decision: { confirmIntervalSeconds: 6 } },
      '/decision/confirmIntervalSeconds',
    ],
    ['an unknown field', { ...least, interval: 5 }, '/'],
    ['an unknown scheme', { ...least, http: { url: 'ftp://example.com' } }, '/http/url'],
    ['a password in the URL', { ...least, http: { url: 'https://me:pw@example.com' } }, '/http/url'],
    [
      'a line break in a header',
      { ...least, http: { ...least.http, headers: { 'x-a': 'b\r\nc: d' } } },
      '/http/headers/x-a',
    ],
    [
      'a header that the prober sets',
      { ...least, http: { ...least.http, headers: { 'Content-Length': '3' } } },
      '/http/headers',
    ],
    [
      'a status that does not exist',
      { ...least, http: { ...least.http, expect: { status: ['900'] } } },
      '/http/expect',
    ],
    ['a region in capitals', { ...least, regions: ['EU'] }, '/regions/0'],
    ['the probe of Quorate itself', { name: 'Me', type: 'self', self: { drill: null } }, '/type'],
    ['a region of the gateway’s name', { ...least, regions: ['gateway'] }, '/regions/0'],
    [
      'more than one confirmation of a heartbeat',
      { ...job, decision: { confirmations: 3 } },
      '/decision/confirmations',
    ],
    [
      'regions of a heartbeat',
      { ...job, regions: ['*'] },
      '/regions/0: must be "gateway": a heartbeat monitor has one voter',
    ],
    ['a crontab line with seconds', { ...job, heartbeat: { cron: '0 0 3 * * *' } }, '/heartbeat/cron'],
    ['a time zone that is none', { ...job, heartbeat: { timeZone: 'Mars/Base' } }, '/heartbeat/timeZone'],
    ['an absurd number', { ...least, intervalSeconds: 1e308 }, '/intervalSeconds'],
  ])('refuse %s and name the field', (_fault, input, pointer) => {
    expect(faultsOf(input).join('\n')).toContain(pointer);
  });

  it('name their target without a secret', () => {
    expect(targetOf(monitorSettingsSchema.parse(least))).toBe('https://shop.example.com/health');
    const tcp = { name: 'Database', type: 'tcp', tcp: { host: 'db.example.com', port: 5432 } };
    expect(targetOf(monitorSettingsSchema.parse(tcp))).toBe('db.example.com:5432');
  });

  it.each([
    [{}, 'a ping every 1 h'],
    [{ everySeconds: 90 }, 'a ping every 90 s'],
    [{ everySeconds: 172_800 }, 'a ping every 2 d'],
    [{ cron: '0 3 * * *', timeZone: 'Europe/Berlin', token: 'secret' }, 'a ping at 0 3 * * * (Europe/Berlin)'],
  ])('name what a heartbeat monitor waits for: %j', (heartbeat, target) => {
    expect(targetOf(monitorSettingsSchema.parse({ ...job, heartbeat }))).toBe(target);
  });

  it('of a heartbeat monitor leave no choice of voters, and ask once', () => {
    expect(monitorSettingsSchema.parse(job)).toMatchObject({
      regions: ['gateway'],
      decision: { quorum: 'majority', electorate: 'expected', confirmations: 1, recoveries: 1 },
      heartbeat: {
        everySeconds: 3_600,
        cron: null,
        timeZone: 'UTC',
        graceSeconds: 300,
        maxRunSeconds: null,
        token: null,
      },
    });
  });

  it('hold the probe that their checks carry', () => {
    const settings = monitorSettingsSchema.parse(least);
    expect(settings).toMatchObject(probeOf(settings));
    expect(Object.keys(probeOf(settings))).toEqual(['type', 'http']);
  });
});

describe('a built-in monitor', () => {
  const drill = { startsAt: 1, periodSeconds: 3_600, downSeconds: 120 };

  it.each([
    [null, true],
    [drill, false],
  ])('with the drill %j is the dead man’s switch: %s', (played, isSwitch) => {
    const monitor = selfMonitorSettingsSchema.parse({ name: 'Quorate', type: 'self', self: { drill: played } });
    expect(isDeadMansSwitch(monitor)).toBe(isSwitch);
    expect(targetOf(monitor)).toBe('quorate');
    expect(probeOf(monitor)).toEqual({ type: 'self', self: { drill: played } });
  });

  it('is none that people made', () => {
    expect(isDeadMansSwitch(monitorSettingsSchema.parse(least))).toBe(false);
  });
});

describe('a monitor record', () => {
  it('is the settings with identity and version', () => {
    const record = {
      ...monitorSettingsSchema.parse(least),
      v: 1,
      id: '0b8f8a86-9d2c-4f1e-8a53-5d6f0d1c2b3a',
      version: 1,
      paused: false,
      createdAt: 1,
      changedAt: 1,
      checkAtOnce: true,
    };
    expect(monitorRecordSchema.parse(record)).toEqual(record);
  });
});
