/** The routes of maintenance windows, as they are validated and documented. */
import { maintenanceWindowSettingsSchema } from '@quorate/contracts';
import { mergePatchSchema } from '../http/merge-patch.ts';
import { operation } from '../http/operation.ts';
import { answersPage } from '../http/page.ts';
import { exampleMaintenanceWindow, exampleNewMaintenanceWindow } from './maintenance-window.example.ts';
import {
  maintenanceWindowIdParameters,
  maintenanceWindowSchema,
  maintenanceWindowsQuerySchema,
} from './maintenance-window.schema.ts';

const tag = 'Maintenance windows';
const route = '/api/v1/maintenance-windows';
const byId = { tag, params: maintenanceWindowIdParameters, unknown: 'QRT_MAINTENANCE_WINDOW_UNKNOWN' } as const;
const answersWindow = {
  answer: {
    status: 200,
    description: 'The maintenance window as it is now.',
    schema: maintenanceWindowSchema,
    example: exampleMaintenanceWindow,
  },
  isVersioned: true,
} as const;

export const createMaintenanceWindow = operation({
  tag,
  route: `POST ${route}`,
  id: 'createMaintenanceWindow',
  summary: 'Creates a maintenance window',
  description:
    'While it is on, checks and verdicts go on, and nobody is alerted about the monitors it covers: those of ' +
    '`monitorIds`, those that carry all of `tags`, or every one. Who is still down when it ends is told of once. An ' +
    'incident that began before it stays open, and its end is told of.',
  body: maintenanceWindowSettingsSchema,
  bodyExample: exampleNewMaintenanceWindow,
  answer: {
    status: 201,
    description: 'The new maintenance window.',
    schema: maintenanceWindowSchema,
    example: exampleMaintenanceWindow,
  },
  isVersioned: true,
});

export const listMaintenanceWindowsOperation = operation({
  tag,
  route: `GET ${route}`,
  id: 'listMaintenanceWindows',
  summary: 'Lists maintenance windows, newest first',
  query: maintenanceWindowsQuerySchema,
  answer: answersPage('maintenance windows', maintenanceWindowSchema, [exampleMaintenanceWindow]),
});

export const readMaintenanceWindow = operation({
  ...byId,
  ...answersWindow,
  route: `GET ${route}/{id}`,
  id: 'readMaintenanceWindow',
  summary: 'Reads a maintenance window',
});

export const editMaintenanceWindow = operation({
  ...byId,
  ...answersWindow,
  route: `PATCH ${route}/{id}`,
  id: 'editMaintenanceWindow',
  summary: 'Changes a maintenance window by a JSON Merge Patch',
  description: 'What is left out stays; null sets the default. An earlier `endsAt` ends it at once.',
  body: mergePatchSchema,
  patchOf: maintenanceWindowSettingsSchema,
  bodyExample: { endsAt: '2026-11-22T02:00:00.000Z' },
});

export const deleteMaintenanceWindow = operation({
  ...byId,
  route: `DELETE ${route}/{id}`,
  id: 'deleteMaintenanceWindow',
  summary: 'Deletes a maintenance window; one that is on ends',
  answer: { status: 204, description: 'It is deleted.' },
});
