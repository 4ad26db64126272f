/** Compares what the database holds of the configuration with what the log tells of it. */
import type { ConfiguredEntity } from '../outbox/configured-entity.ts';
import type { Finding, FindingKind } from './finding.ts';

/** A form of an entity: its version, and a hash of its settings. */
export interface Form {
  readonly version: number;
  readonly hash: number;
}

interface Compared {
  readonly entity: ConfiguredEntity;
  readonly row: Form;
  /** What the log tells; null where it tells nothing. */
  readonly told: Form | null;
  /** The newest version that a service is known to have taken in; older ones are ignored. */
  readonly knownVersion: number;
}

/** Null where they agree. */
export function compareForms(compared: Compared): Finding | null {
  const { row, told, knownVersion } = compared;
  const versionAbove = knownVersion > row.version ? knownVersion : null;
  if (told === null) return sayAgain('record-missing', compared, versionAbove);
  if (told.version > row.version) return rowOutdated(compared, told);
  if (told.version < row.version) return sayAgain('record-outdated', compared, versionAbove);
  if (told.hash !== row.hash) return sayAgain('record-outdated', compared, Math.max(knownVersion, row.version));
  return versionAbove === null ? null : sayAgain('record-outdated', compared, versionAbove);
}

/** An entity that only the log knows: its row was lost, or its deletion. */
export function rowMissing(entity: ConfiguredEntity, told: Form): Finding {
  return {
    kind: 'row-missing',
    subject: entity.key,
    evidence: String(told.version),
    detail: `The log has it in version ${told.version}; the database has no row of it.`,
    repair: { type: 'choose', entity, toldVersion: told.version },
  };
}

function evidenceOf({ row, told, knownVersion }: Compared): string {
  return [row.version, row.hash, told?.version, told?.hash, knownVersion].join(':');
}

function rowOutdated(compared: Compared, told: Form): Finding {
  return {
    kind: 'row-outdated',
    subject: compared.entity.key,
    evidence: evidenceOf(compared),
    detail: `The log has it in version ${told.version}, the database in version ${compared.row.version}.`,
    repair: { type: 'choose', entity: compared.entity, toldVersion: told.version },
  };
}

function sayAgain(kind: FindingKind, compared: Compared, versionAbove: number | null): Finding {
  const { entity, row, told, knownVersion } = compared;
  const onLog = told === null ? 'nothing of it' : `version ${told.version}`;
  const known = knownVersion > row.version ? `, and version ${knownVersion} is in force` : '';
  return {
    kind,
    subject: entity.key,
    evidence: evidenceOf(compared),
    detail: `The database has it in version ${row.version}, the log has ${onLog}${known}.`,
    repair: { type: 'say-again', entity, versionAbove },
  };
}

/** Channels that a monitor names and nobody knows. */
export function channelsMissing(
  {
    monitorId,
    settings,
  }: { readonly monitorId: string; readonly settings: { readonly channelIds: readonly string[] } },
  known: ReadonlySet<string>,
): Finding[] {
  const missing = settings.channelIds.filter((channelId) => !known.has(channelId));
  if (missing.length === 0) return [];
  const detail = `It names ${missing.join(', ')}.`;
  return [{ kind: 'channel-missing', subject: monitorId, evidence: missing.join(), detail, repair: null }];
}
