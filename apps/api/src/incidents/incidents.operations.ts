/** The routes of incidents, as they are validated and documented. */
import { operation } from '../http/operation.ts';
import { answersPage } from '../http/page.ts';
import { exampleIncident, exampleIncidentSummary } from './incident.example.ts';
import {
  acknowledgementSchema,
  commentSchema,
  incidentIdParameters,
  incidentSchema,
  incidentsQuerySchema,
  incidentSummarySchema,
} from './incident.schema.ts';

const tag = 'Incidents';
const byId = { tag, params: incidentIdParameters, unknown: 'QRT_INCIDENT_UNKNOWN' } as const;
const answer = {
  status: 200,
  description: 'The incident as it is now.',
  schema: incidentSchema,
  example: exampleIncident,
} as const;

export const listIncidentsOperation = operation({
  tag,
  route: 'GET /api/v1/incidents',
  id: 'listIncidents',
  summary: 'Lists incidents without their timelines, newest first',
  query: incidentsQuerySchema,
  answer: answersPage('incidents', incidentSummarySchema, [exampleIncidentSummary]),
});

export const readIncident = operation({
  ...byId,
  route: 'GET /api/v1/incidents/{id}',
  id: 'readIncident',
  summary: 'Reads an incident with everything that happened in it, in order of time',
  answer,
});

export const acknowledgeIncident = operation({
  ...byId,
  route: 'POST /api/v1/incidents/{id}/acknowledge',
  id: 'acknowledgeIncident',
  summary: 'Says that someone is at it; the channels are told',
  body: acknowledgementSchema,
  isBodyOptional: true,
  bodyExample: { by: 'Ada' },
  answer,
  problems: ['QRT_INCIDENT_RESOLVED'],
});

export const commentIncident = operation({
  ...byId,
  route: 'POST /api/v1/incidents/{id}/comment',
  id: 'commentIncident',
  summary: 'Adds a comment to the timeline',
  body: commentSchema,
  bodyExample: { by: 'Ada', text: 'The load balancer was restarted.' },
  answer,
});
