/** The record of `directory` that tells of what the auditor found. */
import { auditRecordSchema, directoryKeyOfAudit } from '@quorate/contracts';
import type { OutboxRecord } from '../outbox/outbox.ts';
import type { AuditEntity } from './audit.entity.ts';

/** A tombstone while nothing was ever found. */
export function auditRecordOf({ version, changedAt, findings }: AuditEntity): OutboxRecord<'directory'> {
  const fields = { v: 1, entity: 'audit', version, at: changedAt, findings };
  const value = changedAt === null ? null : auditRecordSchema.parse(fields);
  return { topic: 'directory', key: directoryKeyOfAudit, value };
}
