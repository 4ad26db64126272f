/**
 * The second line behind those who decide: what can never be true of incidents, alerts and deliveries is refused, and
 * what was refused is put aside. Not checked of old rows: one that breaks a rule must not keep the API from starting.
 * Deliveries and incidents have no foreign keys: they outlive monitors and channels, and partitions of different
 * topics come in no order among each other.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const rules = [
  ['incidents', 'incidents_named_by_monitor', `starts_with(id, monitor_id::text || ':')`],
  ['incidents', 'incidents_end_after_their_start', 'resolved_at >= opened_at'],
  ['incidents', 'incidents_end_for_a_cause', '(resolved_at IS NULL) = (cause IS NULL)'],
  ['incidents', 'incidents_acknowledged_by_someone', '(acknowledged_at IS NULL) = (acknowledged_by IS NULL)'],
  ['incident_alerts', 'incident_alerts_named_by_incident', `starts_with(alert_id, incident_id || ':')`],
  ['deliveries', 'deliveries_named_by_incident', `starts_with(alert_id, incident_id || ':')`],
  ['deliveries', 'deliveries_named_by_alert_and_channel', `delivery_id = alert_id || ':' || channel_id::text`],
] as const;

const refusedRecords = `
  CREATE TABLE refused_records (
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key text NOT NULL,
    reason text NOT NULL,
    refused_at timestamptz(3) NOT NULL,
    PRIMARY KEY (topic, partition, record_offset)
  );
  CREATE INDEX refused_records_newest ON refused_records (refused_at DESC);
`;

export class GuardReadModel1763900000000 implements MigrationInterface {
  name = 'GuardReadModel1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, name, rule] of rules) {
      await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${rule}) NOT VALID`);
    }
    await runner.query(refusedRecords);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refused_records');
    for (const [table, name] of rules) await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
}
