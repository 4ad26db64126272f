/** Which monitors the database has: what is said of others is dropped. */
import type { EntityManager } from 'typeorm';

/** The known ones among `ids`; none of them can be deleted until the transaction ends. */
export async function knownMonitors(manager: EntityManager, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const sql = 'SELECT id FROM monitors WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE';
  const rows = await manager.query<{ id: string }[]>(sql, [[...new Set(ids)]]);
  return new Set(rows.map(({ id }) => id));
}
