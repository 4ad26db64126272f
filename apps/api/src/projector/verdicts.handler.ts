/** Takes closed rounds, late votes and status changes into the read model. */
import { Controller } from '@nestjs/common';
import { OnTopic, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { LateVote, RoundClosed, StatusChanged, VerdictRecord } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { jsonbOf } from '../database/jsonb.ts';
import { knownMonitors } from './known-monitors.ts';
import { Projection } from './projection.ts';

@Controller()
export class VerdictsHandler {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  @OnTopic('verdicts')
  async onVerdicts(records: readonly TaskRecord<VerdictRecord>[]): Promise<TaskStep> {
    await this.#projection.take(records, projectVerdicts);
    return {};
  }
}

async function projectVerdicts(manager: EntityManager, records: readonly TaskRecord<VerdictRecord>[]): Promise<void> {
  const values = records.flatMap(({ value }) => value ?? []);
  const known = await knownMonitors(
    manager,
    values.map(({ monitorId }) => monitorId),
  );
  const told = values.filter(({ monitorId }) => known.has(monitorId));
  await insertRounds(
    manager,
    told.filter((value) => value.type === 'round-closed'),
  );
  for (const value of told) if (value.type === 'late-vote') await addLateVote(manager, value);
  await saveStatuses(
    manager,
    told.filter((value) => value.type === 'status-changed'),
  );
}

async function insertRounds(manager: EntityManager, rounds: readonly RoundClosed[]): Promise<void> {
  if (rounds.length === 0) return;
  await manager.query(
    `INSERT INTO rounds (monitor_id, due_at, kind, verdict, decided_at, closed_at, expected_regions, absent_regions,
        quarantined_regions, missed_round_count, votes)
      SELECT "monitorId", to_timestamp("dueAt" / 1000.0), kind, verdict, to_timestamp("decidedAt" / 1000.0),
        to_timestamp("closedAt" / 1000.0), "expectedRegions", "absentRegions", "quarantinedRegions",
        "missedRoundCount", votes
      FROM jsonb_to_recordset($1::jsonb) AS round ("monitorId" uuid, "dueAt" bigint, kind text, verdict text,
        "decidedAt" bigint, "closedAt" bigint, "expectedRegions" jsonb, "absentRegions" jsonb,
        "quarantinedRegions" jsonb, "missedRoundCount" integer, votes jsonb)
      ON CONFLICT DO NOTHING`,
    [jsonbOf(rounds)],
  );
}

/** A prober votes once a round, so a second late vote of it is a repeat. */
async function addLateVote(manager: EntityManager, { monitorId, dueAt, kind, vote }: LateVote): Promise<void> {
  const isHere = jsonbOf([{ region: vote.region, proberId: vote.proberId, startedAt: vote.startedAt }]);
  await manager.query(
    `UPDATE rounds SET votes = votes || $4::jsonb
      WHERE monitor_id = $1 AND due_at = to_timestamp($2::bigint / 1000.0) AND kind = $3 AND NOT votes @> $5::jsonb`,
    [monitorId, dueAt, kind, jsonbOf([vote]), isHere],
  );
}

/** Of several changes of one monitor the last counts. */
async function saveStatuses(manager: EntityManager, changes: readonly StatusChanged[]): Promise<void> {
  if (changes.length === 0) return;
  const newest = new Map(changes.map((change) => [change.monitorId, change]));
  await manager.query(
    `INSERT INTO monitor_statuses (monitor_id, status, since, flapping)
      SELECT "monitorId", status, to_timestamp(since / 1000.0), flapping
      FROM jsonb_to_recordset($1::jsonb) AS change ("monitorId" uuid, status text, since bigint, flapping boolean)
      ON CONFLICT (monitor_id) DO UPDATE
        SET status = excluded.status, since = excluded.since, flapping = excluded.flapping`,
    [jsonbOf([...newest.values()])],
  );
}
