/** Incidents of Quorate itself: what is wrong, in words; null for those of monitors. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPlatformIncidents1764000000000 implements MigrationInterface {
  name = 'AddPlatformIncidents1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE incidents ADD COLUMN platform jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE incidents DROP COLUMN platform');
  }
}
