/** Shows a maintenance window as the API promises it. */
import { isOn, nextOccurrence } from '@quorate/alerting';
import type { Instant, MaintenanceWindowSettings } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { MaintenanceWindowEntity } from './maintenance-window.entity.ts';
import type { MaintenanceWindowAnswer } from './maintenance-window.schema.ts';

function nextOf(settings: MaintenanceWindowSettings, now: Instant): MaintenanceWindowAnswer['next'] {
  const times = { startsAt: Date.parse(settings.startsAt), endsAt: Date.parse(settings.endsAt) };
  const next = nextOccurrence({ ...settings, ...times }, now);
  if (next === null) return null;
  return { startsAt: isoOf(next.startsAt), endsAt: isoOf(next.endsAt), isOn: isOn(next, now) };
}

export function presentMaintenanceWindow(window: MaintenanceWindowEntity, now: Instant): MaintenanceWindowAnswer {
  const { id, version, settings } = window;
  return { id, ...settings, version, next: nextOf(settings, now) };
}
