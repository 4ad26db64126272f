/** Keeps what a pass has found, and tells the other services where it has changed. */
import { isDeepStrictEqual } from 'node:util';
import type { AuditFinding } from '@quorate/contracts';
import type { DataSource } from 'typeorm';
import { enqueue } from '../outbox/outbox.ts';
import type { PassResult } from './audit-pass.ts';
import { auditRecordOf } from './audit-record.ts';
import { AuditEntity } from './audit.entity.ts';
import type { Chosen, Keep } from './choice.ts';

const repairNotesMax = 50;

export function readAudit({ manager }: DataSource): Promise<AuditEntity> {
  return manager.findOneByOrFail(AuditEntity, { id: true });
}

interface Pass {
  readonly result: PassResult;
  readonly holder: string;
  /** What people had said as the pass began; what they said meanwhile stays. */
  readonly taken: Chosen;
}

export async function savePass(
  database: DataSource,
  { result, holder, taken }: Pass,
): Promise<{ readonly audit: AuditEntity; readonly isChanged: boolean }> {
  return database.transaction(async (manager) => {
    const lock = { mode: 'pessimistic_write' } as const;
    const audit = await manager.findOneOrFail(AuditEntity, { where: { id: true }, lock });
    const isChanged = !isDeepStrictEqual(audit.findings, result.findings);
    if (isChanged) {
      Object.assign(audit, { findings: result.findings, version: audit.version + 1, changedAt: result.at });
    }
    audit.repairs = [...result.repairs, ...audit.repairs].slice(0, repairNotesMax);
    audit.chosen = { ...withoutThose(audit.chosen, taken), ...result.chosen };
    Object.assign(audit, { holder, passedAt: result.at });
    await manager.save(audit);
    if (isChanged) await enqueue(manager, auditRecordOf(audit));
    return { audit, isChanged };
  });
}

/** Notes what people have said; the finding that it is about, or null when there is none (any more). */
export async function choose(database: DataSource, kind: keyof Chosen, keep: Keep): Promise<AuditFinding | null> {
  return database.transaction(async (manager) => {
    const lock = { mode: 'pessimistic_write' } as const;
    const { findings, chosen } = await manager.findOneOrFail(AuditEntity, { where: { id: true }, lock });
    const finding = findings.find((open) => open.kind === kind);
    if (finding === undefined) return null;
    await manager.update(AuditEntity, { id: true }, { chosen: { ...chosen, [kind]: keep } });
    return finding;
  });
}

function withoutThose(chosen: Chosen, taken: Chosen): Chosen {
  const entries = Object.entries(chosen) as [keyof Chosen, Chosen[keyof Chosen]][];
  return Object.fromEntries(entries.filter(([kind, keep]) => taken[kind] !== keep));
}
