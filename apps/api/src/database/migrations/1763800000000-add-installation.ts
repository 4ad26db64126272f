/** What holds for the whole installation: one row, there from the start, with what is not said by default. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const installation = `
  CREATE TABLE installation (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    version integer NOT NULL CHECK (version >= 1),
    settings jsonb NOT NULL
  );
  INSERT INTO installation (version, settings) VALUES (1, '{}');
`;

export class AddInstallation1763800000000 implements MigrationInterface {
  name = 'AddInstallation1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(installation);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE installation');
  }
}
