/** What the auditor can find, in words, and what it does about it. */
import type { Instant, MonitorStatus, PlatformTrouble, ResolveCause } from '@quorate/contracts';
import type { ConfiguredEntity } from '../outbox/configured-entity.ts';

/** What is compared with what; one is left out of a pass when it cannot be told. */
export type Area = 'configuration' | 'read-model' | 'work';

interface Kind extends Pick<PlatformTrouble, 'severity' | 'consequence' | 'remedy'> {
  readonly area: Area;
  /** `count` of them, as the subject of a sentence. */
  readonly title: (count: number) => string;
}

const many = (one: string, several: string) => (count: number) => (count === 1 ? `1 ${one}` : `${count} ${several}`);
const repaired =
  'Quorate puts this right by itself; as a finding it says that this failed, or had to be done again. The API’s log ' +
  'says more.';
const chosen = (what: string) =>
  `Nothing is changed until you say which one counts: POST /api/v1/audit-findings/${what}/resolve with ` +
  '{"keep": "log"} (what is being watched, taken into the database) or {"keep": "database"}.';

export const findingKinds = {
  'record-missing': {
    area: 'configuration',
    title: many('entity is not on the log', 'entities are not on the log'),
    severity: 'critical',
    consequence: 'A monitor or channel that the log does not tell of is not watched, or hears of nothing.',
    remedy: repaired,
  },
  'record-outdated': {
    area: 'configuration',
    title: many('entity is on the log in an older form', 'entities are on the log in an older form'),
    severity: 'error',
    consequence: 'The services work with settings that were changed since.',
    remedy: repaired,
  },
  'row-outdated': {
    area: 'configuration',
    title: many(
      'entity is newer on the log than in the database',
      'entities are newer on the log than in the database',
    ),
    severity: 'error',
    consequence: 'The API shows older settings than those that are in force. Was the database restored from a backup?',
    remedy: chosen('row-outdated'),
  },
  'row-missing': {
    area: 'configuration',
    title: many('entity is on the log only', 'entities are on the log only'),
    severity: 'error',
    consequence: 'A monitor is watched, or a channel used, that the API does not show. Was the database restored?',
    remedy: chosen('row-missing'),
  },
  'channel-missing': {
    area: 'configuration',
    title: many('monitor names a channel that is gone', 'monitors name a channel that is gone'),
    severity: 'critical',
    consequence: 'Their alerts are not sent to it.',
    remedy: 'Edit the monitors that the samples name: take the channel out, or put another in its place.',
  },
  'status-differs': {
    area: 'read-model',
    title: many('monitor shows a wrong status', 'monitors show a wrong status'),
    severity: 'warning',
    consequence: 'The API shows another status than the one by which alerts are decided.',
    remedy: repaired,
  },
  'incident-missing': {
    area: 'read-model',
    title: many('open incident is not shown', 'open incidents are not shown'),
    severity: 'warning',
    consequence: 'An outage or a warning was alerted and cannot be seen or acknowledged through the API.',
    remedy: repaired,
  },
  'incident-stray': {
    area: 'read-model',
    title: many('incident is shown as open and is over', 'incidents are shown as open and are over'),
    severity: 'warning',
    consequence: 'The API shows an outage or a warning that has ended.',
    remedy: repaired,
  },
  'delivery-outdated': {
    area: 'read-model',
    title: many('delivery is shown in an older form', 'deliveries are shown in an older form'),
    severity: 'warning',
    consequence: 'The API shows a delivery as it stood before.',
    remedy: repaired,
  },
  'delivery-stray': {
    area: 'read-model',
    title: many('delivery is shown as pending and has ended', 'deliveries are shown as pending and have ended'),
    severity: 'warning',
    consequence: 'How it ended was not taken in and is no longer on the log; it is shown as dead, and can be retried.',
    remedy: repaired,
  },
  'record-refused': {
    area: 'work',
    title: many('record was refused by the database', 'records were refused by the database'),
    severity: 'error',
    consequence: 'What it tells is missing in the API: a defect, or a row that was changed by hand.',
    remedy:
      'The topic dead-letters has each record with the reason; report it. The finding ends a day after the last one.',
  },
  'read-model-behind': {
    area: 'work',
    title: () => 'The read model is behind the log',
    severity: 'error',
    consequence: 'The API shows the past. Checks and pages go on.',
    remedy: 'See that the API has its database and its partitions (/readyz); after a long pause, wait.',
  },
  'alert-unplanned': {
    area: 'read-model',
    title: many('alert has no delivery', 'alerts have no delivery'),
    severity: 'critical',
    consequence: 'It names channels and was sent to none of them.',
    remedy:
      'See that the dispatcher runs and reads `alerts` (/readyz, consumer lag). Tell the people yourself meanwhile.',
  },
  'delivery-overdue': {
    area: 'work',
    title: many('delivery is overdue', 'deliveries are overdue'),
    severity: 'critical',
    consequence: 'It should have been tried long ago, and its channel has tried nothing since: alerts do not go out.',
    remedy: 'See that the dispatcher runs and owns its partitions (/readyz, quorate_partitions_owned); restart it.',
  },
  'monitor-unchecked': {
    area: 'work',
    title: many('monitor is not checked', 'monitors are not checked'),
    severity: 'critical',
    consequence: 'No round of it was judged for several intervals: nobody would notice an outage.',
    remedy: 'See that scheduler and aggregator run and own their partitions (/readyz, consumer lag), then the samples.',
  },
} as const satisfies Record<string, Kind>;

export type FindingKind = keyof typeof findingKinds;

/** What puts a finding right. */
export type Repair =
  /** Only people can say which counts, the row or what the log has in `toldVersion`. */
  | { readonly type: 'choose'; readonly entity: ConfiguredEntity; readonly toldVersion: number }
  | { readonly type: 'take-record'; readonly entity: ConfiguredEntity }
  /** `versionAbove`: readers know that version already, so only a higher one is heard. */
  | { readonly type: 'say-again'; readonly entity: ConfiguredEntity; readonly versionAbove: number | null }
  | { readonly type: 'set-status'; readonly monitorId: string; readonly shown: Shown | null; readonly holds: Shown }
  | { readonly type: 'open-incident'; readonly monitorId: string; readonly incidentId: string }
  | { readonly type: 'close-incident'; readonly incidentId: string; readonly at: Instant; readonly cause: ResolveCause }
  | { readonly type: 'take-delivery'; readonly deliveryId: string }
  | { readonly type: 'end-delivery'; readonly deliveryId: string };

/** A monitor's status as it is shown. */
export interface Shown {
  readonly status: MonitorStatus;
  readonly since: Instant;
}

export interface Finding {
  readonly kind: FindingKind;
  /** The ID of what it is about. */
  readonly subject: string;
  /** What made it a finding: it is the same one only as long as this is the same. */
  readonly evidence: string;
  readonly detail: string;
  /** Null where the auditor can do nothing about it. */
  readonly repair: Repair | null;
}
