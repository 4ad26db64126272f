/** The routes of the auditor's findings, as they are validated and documented. */
import { operation } from '../http/operation.ts';
import { exampleMonitor } from '../monitors/monitor.example.ts';
import { auditSchema, findingParameters, findingSchema, resolutionSchema } from './audit.schema.ts';
import type { FindingAnswer } from './audit.schema.ts';
import { findingKinds } from './finding.ts';

const tag = 'Operation';
const { title, area: _area, ...words } = findingKinds['row-missing'];

const exampleFinding: FindingAnswer = {
  ...words,
  kind: 'row-missing',
  count: 1,
  since: '2026-11-21T10:00:30.000Z',
  title: title(1),
  samples: [{ subject: exampleMonitor.id, detail: 'The log has it in version 3; the database has no row of it.' }],
};

export const listFindings = operation({
  tag,
  route: 'GET /api/v1/audit-findings',
  id: 'listFindings',
  summary: 'Lists what differs between log and database and was not put right, and what was put right lately',
  answer: {
    status: 200,
    description: 'Everything that is amiss, by kind.',
    schema: auditSchema,
    example: {
      items: [exampleFinding],
      nextCursor: null,
      passedAt: '2026-11-21T10:05:30.000Z',
      repairs: [{ at: '2026-11-21T09:55:30.000Z', kind: 'status-differs', count: 1, subjects: [exampleMonitor.id] }],
    },
  },
});

export const resolveFinding = operation({
  tag,
  route: 'POST /api/v1/audit-findings/{kind}/resolve',
  id: 'resolveFinding',
  summary: 'Says which one counts where log and database differ in the configuration',
  description:
    'It holds for everything that this kind of finding is about. With "log", rows are made or changed by what the ' +
    'log tells, which is in force already. With "database", the services are told what the database holds: a ' +
    'monitor or channel that has no row is ended.',
  params: findingParameters,
  unknown: 'QRT_FINDING_UNKNOWN',
  body: resolutionSchema,
  bodyExample: { keep: 'log' },
  answer: {
    status: 202,
    description: 'It is done in a moment; this is the finding as it stands.',
    schema: findingSchema,
    example: exampleFinding,
  },
});
