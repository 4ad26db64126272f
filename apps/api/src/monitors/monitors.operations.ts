/** The routes of monitors, as they are validated and documented. */
import { monitorSettingsSchema } from '@quorate/contracts';
import { operation } from '../http/operation.ts';
import { answersPage } from '../http/page.ts';
import { mergePatchSchema } from '../http/merge-patch.ts';
import { roundSchema, roundsQuerySchema } from '../rounds/round.schema.ts';
import {
  exampleMonitor,
  exampleMonitorsByType,
  exampleMonitorsWithCredentials,
  exampleRound,
} from './monitor.example.ts';
import { monitorIdParameters, monitorSchema, monitorsQuerySchema } from './monitor.schema.ts';

const tag = 'Monitors';
const byId = { tag, params: monitorIdParameters, unknown: 'QRT_MONITOR_UNKNOWN' } as const;
const answersMonitor = {
  answer: { status: 200, description: 'The monitor as it is now.', schema: monitorSchema, example: exampleMonitor },
  isVersioned: true,
} as const;

export const createMonitor = operation({
  tag,
  route: 'POST /api/v1/monitors',
  id: 'createMonitor',
  summary: 'Creates a monitor; its first round starts at once',
  body: monitorSettingsSchema,
  bodyExamples: { ...exampleMonitorsByType, ...exampleMonitorsWithCredentials },
  answer: { status: 201, description: 'The new monitor.', schema: monitorSchema, example: exampleMonitor },
  isVersioned: true,
});

export const listMonitorsOperation = operation({
  tag,
  route: 'GET /api/v1/monitors',
  id: 'listMonitors',
  summary: 'Lists monitors, newest first',
  query: monitorsQuerySchema,
  answer: answersPage('monitors', monitorSchema, [exampleMonitor]),
});

export const readMonitor = operation({
  ...byId,
  ...answersMonitor,
  route: 'GET /api/v1/monitors/{id}',
  id: 'readMonitor',
  summary: 'Reads a monitor',
});

export const editMonitor = operation({
  ...byId,
  ...answersMonitor,
  route: 'PATCH /api/v1/monitors/{id}',
  id: 'editMonitor',
  problems: ['QRT_BUILT_IN'],
  summary: 'Changes a monitor by a JSON Merge Patch',
  description: 'What is left out stays; null sets the default. A secret that reads "[redacted]" stays as it is.',
  body: mergePatchSchema,
  patchOf: monitorSettingsSchema,
  bodyExample: { intervalSeconds: 60, tags: { team: 'web' } },
});

export const deleteMonitor = operation({
  ...byId,
  route: 'DELETE /api/v1/monitors/{id}',
  id: 'deleteMonitor',
  summary: 'Deletes a monitor and its rounds; its incidents stay known',
  answer: { status: 204, description: 'It is deleted.' },
  problems: ['QRT_BUILT_IN'],
});

export const pauseMonitor = operation({
  ...byId,
  ...answersMonitor,
  route: 'POST /api/v1/monitors/{id}/pause',
  id: 'pauseMonitor',
  problems: ['QRT_BUILT_IN'],
  summary: 'Pauses a monitor; an open incident is resolved with the cause "paused"',
});

export const resumeMonitor = operation({
  ...byId,
  ...answersMonitor,
  route: 'POST /api/v1/monitors/{id}/resume',
  id: 'resumeMonitor',
  problems: ['QRT_BUILT_IN'],
  summary: 'Resumes a paused monitor; a round starts at once',
});

export const listRounds = operation({
  ...byId,
  route: 'GET /api/v1/monitors/{id}/rounds',
  id: 'listRounds',
  summary: 'Lists the rounds of a monitor with every vote, newest first',
  query: roundsQuerySchema,
  answer: answersPage('rounds', roundSchema, [exampleRound]),
});
