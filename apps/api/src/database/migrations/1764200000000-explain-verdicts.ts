/** Whether a monitor flaps, and what explains a verdict besides the votes: whose were not awaited or not counted. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExplainVerdicts1764200000000 implements MigrationInterface {
  name = 'ExplainVerdicts1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE monitor_statuses ADD COLUMN flapping boolean NOT NULL DEFAULT false');
    await runner.query(`ALTER TABLE rounds
      ADD COLUMN absent_regions jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN quarantined_regions jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN missed_round_count integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE rounds
      DROP COLUMN absent_regions, DROP COLUMN quarantined_regions, DROP COLUMN missed_round_count`);
    await runner.query('ALTER TABLE monitor_statuses DROP COLUMN flapping');
  }
}
