/** Roll-ups: what is told in one is found by its storm. Channels that are older than the brake get its defaults. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddStorms1764300000000 implements MigrationInterface {
  name = 'AddStorms1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX deliveries_of_storm ON deliveries ((delivery -> 'rolledUpIn' ->> 'stormId'), planned_at DESC)
        WHERE delivery -> 'rolledUpIn' ->> 'stormId' IS NOT NULL`,
    );
    await runner.query(
      `UPDATE channels SET settings = settings || jsonb_build_object('stormBrake', $1::jsonb)
        WHERE settings ->> 'type' <> 'heartbeat' AND NOT settings ? 'stormBrake'`,
      ['{"enabled": true, "openedMax": 10, "windowSeconds": 60}'],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE channels SET settings = settings - 'stormBrake'`);
    await runner.query('DROP INDEX deliveries_of_storm');
  }
}
