/** When monitors are worked on. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const maintenanceWindows = `
  CREATE TABLE maintenance_windows (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL
  );
  CREATE INDEX maintenance_windows_age ON maintenance_windows (created_at DESC, id DESC);
`;

export class AddMaintenanceWindows1764600000000 implements MigrationInterface {
  name = 'AddMaintenanceWindows1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(maintenanceWindows);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE maintenance_windows');
  }
}
