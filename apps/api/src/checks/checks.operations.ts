/** The routes that check now, as they are validated and documented. */
import { monitorSettingsSchema } from '@quorate/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { exampleMonitorSettings, exampleRound } from '../monitors/monitor.example.ts';
import { monitorIdParameters } from '../monitors/monitor.schema.ts';
import { roundSchema } from '../rounds/round.schema.ts';

export const manualRoundSchema = z.strictObject({ round: roundSchema });
export type ManualRound = z.infer<typeof manualRoundSchema>;

const exampleManualRound: ManualRound = { round: { ...exampleRound, kind: 'manual' } };

const performs = {
  tag: 'Checks',
  answer: {
    status: 200,
    description: 'The round, once it has closed.',
    schema: manualRoundSchema,
    example: exampleManualRound,
  },
  problems: ['QRT_NO_LIVE_REGION', 'QRT_CHECK_UNANSWERED', 'QRT_LOG_UNAVAILABLE', 'QRT_OVERLOADED'],
} as const;

export const checkMonitor = operation({
  ...performs,
  route: 'POST /api/v1/monitors/{id}/check',
  id: 'checkMonitor',
  summary: 'Performs a manual round of a monitor now; it never opens an incident',
  params: monitorIdParameters,
  unknown: 'QRT_MONITOR_UNKNOWN',
});

export const checkUnsaved = operation({
  ...performs,
  route: 'POST /api/v1/checks',
  id: 'checkUnsaved',
  summary: 'Performs a manual round of a monitor that is not saved, and keeps nothing',
  body: monitorSettingsSchema,
  bodyExample: exampleMonitorSettings,
});
