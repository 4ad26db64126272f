/** An incident as the documentation shows it. */
import { exampleDelivery } from '../deliveries/delivery.example.ts';
import type { IncidentAnswer, IncidentSummary } from './incident.schema.ts';

export const exampleIncidentSummary: IncidentSummary = {
  id: exampleDelivery.incidentId,
  kind: 'monitor',
  monitorId: exampleDelivery.monitorId,
  platform: null,
  certificate: null,
  status: 'open',
  firstFailureAt: '2026-11-21T10:00:30.000Z',
  openedAt: '2026-11-21T10:00:40.512Z',
  resolvedAt: null,
  cause: null,
  regions: ['eu', 'us'],
};

export const exampleIncident: IncidentAnswer = {
  ...exampleIncidentSummary,
  timeline: [
    {
      at: '2026-11-21T10:00:40.512Z',
      type: 'alert',
      alertId: `${exampleDelivery.incidentId}:opened:0`,
      transition: 'opened',
      sequence: 0,
      regions: ['eu', 'us'],
    },
    { at: '2026-11-21T10:00:40.820Z', type: 'delivery', delivery: exampleDelivery },
  ],
};
