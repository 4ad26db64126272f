/** Reads rounds. */
import { type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { RoundEntity } from './round.entity.ts';
import type { RoundsQuery } from './round.schema.ts';

function roundsOfMonitor(manager: EntityManager, monitorId: string): SelectQueryBuilder<RoundEntity> {
  return manager.createQueryBuilder(RoundEntity, 'round').where('round.monitorId = :monitorId', { monitorId });
}

/** The page's rows and one more. */
export function roundsOf(database: DataSource, monitorId: string, query: RoundsQuery): Promise<RoundEntity[]> {
  const { from, to, cursor, limit } = query;
  const builder = roundsOfMonitor(database.manager, monitorId)
    .orderBy('round.dueAt', 'DESC')
    .addOrderBy('round.kind', 'DESC')
    .take(limit + 1);
  if (from !== undefined) builder.andWhere('round.dueAt >= :from', { from: new Date(from) });
  if (to !== undefined) builder.andWhere('round.dueAt < :to', { to: new Date(to) });
  if (cursor !== undefined) {
    builder.andWhere('(round.dueAt, round.kind) < (:at, :kind)', { at: new Date(cursor.at), kind: cursor.id });
  }
  return builder.getMany();
}

interface Outage {
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

/** The rounds at either end of an outage, at most `countMax` at each, that decided on the monitor's status. */
export async function roundsAtTheEnds(
  manager: EntityManager,
  monitorId: string,
  { from, to, countMax }: Outage & { countMax: number },
): Promise<RoundEntity[]> {
  const within = (order: 'ASC' | 'DESC') => {
    const builder = roundsOfMonitor(manager, monitorId)
      .andWhere(`round.kind <> 'manual'`)
      .andWhere('round.dueAt >= :from', { from: new Date(from) });
    if (to !== null) builder.andWhere('round.dueAt <= :to', { to: new Date(to) });
    return builder.orderBy('round.dueAt', order).take(countMax).getMany();
  };
  const rounds = [...(await within('ASC')), ...(await within('DESC'))];
  const byKey = new Map(rounds.map((round) => [`${round.dueAt}:${round.kind}`, round]));
  return [...byKey.values()];
}
