/** Warnings of certificates that are about to expire, among the incidents: a monitor may have one beside its outage. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const add = `
  ALTER TABLE incidents ADD COLUMN certificate jsonb;
  DROP INDEX incidents_one_open;
  CREATE UNIQUE INDEX incidents_one_open ON incidents (monitor_id, (certificate IS NOT NULL)) WHERE resolved_at IS NULL;
`;
const remove = `
  DELETE FROM incidents WHERE certificate IS NOT NULL;
  DROP INDEX incidents_one_open;
  CREATE UNIQUE INDEX incidents_one_open ON incidents (monitor_id) WHERE resolved_at IS NULL;
  ALTER TABLE incidents DROP COLUMN certificate;
`;

export class AddCertificateWarnings1764700000000 implements MigrationInterface {
  name = 'AddCertificateWarnings1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(add);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(remove);
  }
}
