/** Whether a row and a record say the same. */
import { describe, expect, it } from '@jest/globals';
import {
  channelSettingsSchema,
  deadMansSwitchSettingsSchema,
  directoryKeyOfChannel,
  monitorSettingsSchema,
} from '@quorate/contracts';
import type { InstallationEntity } from '../settings/installation.entity.ts';
import { installationRecordOf } from '../settings/installation-record.ts';
import {
  formOfChannel,
  formOfDirectoryRecord,
  formOfInstallation,
  formOfMonitor,
  formOfMonitorRecord,
} from './forms.ts';

const id = '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11';
const given = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com', headers: { b: '1', a: '2' } } };
const settings = monitorSettingsSchema.parse(given);
const envelope = { v: 1, id, version: 3, paused: false, createdAt: 1, changedAt: 2, checkAtOnce: true };
const recordOf = (change: object = {}) => JSON.stringify({ ...settings, ...envelope, ...change });
const row = { version: 3, paused: false, settings };

describe('the form of a monitor', () => {
  it.each([
    ['as it was told', recordOf()],
    ['with its fields in another order', JSON.stringify({ ...envelope, ...JSON.parse(reversed(settings)) })],
    ['that asks for no round at once', recordOf({ checkAtOnce: false, changedAt: 9 })],
    ['without a setting that is younger than it', recordOf({ reminderMinutes: undefined })],
  ])('is the same in a record %s', (_what, text) => expect(formOfMonitorRecord(text)).toEqual(formOfMonitor(row)));

  it.each([
    ['another name', recordOf({ name: 'Store' })],
    ['another state', recordOf({ paused: true })],
    ['another version', recordOf({ version: 4 })],
    ['a setting that nobody knows', recordOf({ unknown: 1 })],
    ['nothing that can be read', '{'],
  ])('is another one in a record with %s', (_what, text) => {
    expect(formOfMonitorRecord(text)).not.toEqual(formOfMonitor(row));
  });
});

describe('the form of what the directory tells of', () => {
  const channel = channelSettingsSchema.parse({ name: 'On call', type: 'pagerduty', pagerduty: { routingKey: 'key' } });
  const channelKey = directoryKeyOfChannel(id);

  it('is the same in a row and in its record', () => {
    const text = JSON.stringify({ v: 1, entity: 'channel', id, version: 2, ...channel });
    const createdAt = 0;
    expect(formOfDirectoryRecord(channelKey, text)).toEqual(
      formOfChannel({ id, version: 2, settings: channel, createdAt }),
    );
    const installation = JSON.stringify({ v: 1, entity: 'installation', version: 2, platformChannelIds: [] });
    expect(formOfDirectoryRecord('installation', installation)).toEqual(
      formOfInstallation({ id: true, version: 2, settings: {} }),
    );
  });

  it('of the installation leaves out the dead man’s switch, which is told by what is made of it', () => {
    const deadMansSwitch = deadMansSwitchSettingsSchema.parse({ url: 'https://hc-ping.com/8f14e45f' });
    const row: InstallationEntity = { id: true, version: 2, settings: { platformChannelIds: [], deadMansSwitch } };
    const { value } = installationRecordOf(row);
    expect(formOfDirectoryRecord('installation', JSON.stringify(value))).toEqual(formOfInstallation(row));
  });

  it('is none of the auditor’s own record, nor of what a newer version tells', () => {
    expect(formOfDirectoryRecord('audit', '{"version":1}')).toBeNull();
    expect(formOfDirectoryRecord('escalation-policy:1', '{"version":1}')).toBeNull();
  });
});

function reversed(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toReversed())
      : field,
  );
}
