/** What the auditor found: one row, there from the start; and what it looks for, quickly found. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const audit = `
  CREATE TABLE audit (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    version integer NOT NULL DEFAULT 0,
    changed_at timestamptz(3),
    findings jsonb NOT NULL DEFAULT '[]',
    repairs jsonb NOT NULL DEFAULT '[]',
    chosen jsonb NOT NULL DEFAULT '{}',
    holder text,
    passed_at timestamptz(3)
  );
  INSERT INTO audit DEFAULT VALUES;
  CREATE INDEX deliveries_pending ON deliveries (delivery_id) WHERE state = 'pending';
  CREATE INDEX incident_alerts_age ON incident_alerts (at);
`;

export class AddAudit1764400000000 implements MigrationInterface {
  name = 'AddAudit1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(audit);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX incident_alerts_age; DROP INDEX deliveries_pending; DROP TABLE audit');
  }
}
