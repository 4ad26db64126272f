/** The routes of the installation's settings, as they are validated and documented. */
import { installationSettingsSchema } from '@quorate/contracts';
import { mergePatchSchema } from '../http/merge-patch.ts';
import { operation } from '../http/operation.ts';
import { exampleChannel } from '../channels/channel.example.ts';
import { installationSchema, type InstallationAnswer } from './settings.schema.ts';

const route = '/api/v1/settings';
const exampleInstallation: InstallationAnswer = { version: 2, platformChannelIds: [exampleChannel.id] };
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
  description: 'What is left out stays; null sets the default.',
  body: mergePatchSchema,
  patchOf: installationSettingsSchema,
  bodyExample: { platformChannelIds: exampleInstallation.platformChannelIds },
});
