/** A maintenance window as the documentation shows it. */
import type { MaintenanceWindowAnswer } from './maintenance-window.schema.ts';

export const exampleNewMaintenanceWindow = {
  name: 'Database backup',
  tags: { team: 'web' },
  startsAt: '2026-11-22T01:00:00.000Z',
  endsAt: '2026-11-22T03:00:00.000Z',
  repeat: 'weekly',
  timeZone: 'Europe/Berlin',
};

export const exampleMaintenanceWindow: MaintenanceWindowAnswer = {
  id: '7a3d1b1e-5a3c-4f0e-9b1d-2f6c8e0a4b52',
  version: 1,
  name: 'Database backup',
  allMonitors: false,
  monitorIds: [],
  tags: { team: 'web' },
  startsAt: '2026-11-22T01:00:00.000Z',
  endsAt: '2026-11-22T03:00:00.000Z',
  repeat: 'weekly',
  timeZone: 'Europe/Berlin',
  next: { startsAt: '2026-11-29T01:00:00.000Z', endsAt: '2026-11-29T03:00:00.000Z', isOn: false },
};
