/** The routes of the installation's settings, as they are validated and documented. */
import { installationSettingsSchema } from '@quorate/contracts';
import { mergePatchSchema } from '../http/merge-patch.ts';
import { operation } from '../http/operation.ts';
import { exampleChannel } from '../channels/channel.example.ts';
import { redacted } from '../secrets/sealing.ts';
import { drillMonitorId, heartbeatChannelId, switchMonitorId } from './built-in.ts';
import { installationSchema, type InstallationAnswer } from './settings.schema.ts';

const route = '/api/v1/settings';
const exampleSwitch = { intervalSeconds: 60, drill: { everyMinutes: 1_440, channelIds: [exampleChannel.id] } };
const exampleInstallation: InstallationAnswer = {
  version: 2,
  platformChannelIds: [exampleChannel.id],
  deadMansSwitch: {
    ...exampleSwitch,
    url: redacted,
    method: 'GET',
    drill: { ...exampleSwitch.drill, downSeconds: 120 },
    monitorId: switchMonitorId,
    drillMonitorId,
    channelId: heartbeatChannelId,
  },
};
const ofInstallation = {
  tag: 'Settings',
  answer: {
    status: 200,
    description: 'The settings as they are now.',
    schema: installationSchema,
    example: exampleInstallation,
  },
  isVersioned: true,
} as const;

export const readSettings = operation({
  ...ofInstallation,
  route: `GET ${route}`,
  id: 'readSettings',
  summary: 'Reads the settings of the installation',
});

export const editSettings = operation({
  ...ofInstallation,
  route: `PATCH ${route}`,
  id: 'editSettings',
  summary: 'Changes the settings of the installation by a JSON Merge Patch',
  description:
    'What is left out stays; null sets the default. The URL of the dead man’s switch is a secret: it is never shown ' +
    'again, and one that reads "[redacted]" stays as it is. What is made of the switch (a monitor, one for its ' +
    'drill, a channel) is read by its ID and changed here only.',
  body: mergePatchSchema,
  patchOf: installationSettingsSchema,
  bodyExample: {
    platformChannelIds: exampleInstallation.platformChannelIds,
    deadMansSwitch: { url: 'https://hc-ping.com/8f14e45f-ceea-467f-a8f3-0e1f2d3c4b5a', ...exampleSwitch },
  },
});
