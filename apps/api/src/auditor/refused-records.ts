/** Records that the database has refused lately. */
import type { Instant } from '@quorate/contracts';
import { MoreThanOrEqual, type DataSource } from 'typeorm';
import { RefusedRecordEntity } from '../projector/refused-record.ts';
import type { Finding } from './finding.ts';

/** So long a refused record is a finding; afterwards it is among the dead letters only. */
const refusedLatelyMs = 24 * 3_600_000;
const findingsMax = 1_000;

export async function refusedRecords({ manager }: DataSource, now: Instant): Promise<Finding[]> {
  const where = { refusedAt: MoreThanOrEqual(now - refusedLatelyMs) };
  const records = await manager.find(RefusedRecordEntity, { where, take: findingsMax });
  return records.map(({ topic, partition, offset, key, reason }) => ({
    kind: 'record-refused',
    subject: key,
    evidence: `${topic}/${partition}@${offset}`,
    detail: `${topic}/${partition}@${offset}: ${reason}`,
    repair: null,
  }));
}
