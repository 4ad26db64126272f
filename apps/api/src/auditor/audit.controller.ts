/** The routes of the auditor's findings. */
import { Controller } from '@nestjs/common';
import type { AuditFinding } from '@quorate/contracts';
import { DataSource } from 'typeorm';
import { isoOf, isoOrNull } from '../http/instants.ts';
import type { InputOf } from '../http/operation.ts';
import { ProblemError } from '../http/problem.ts';
import { Input, Operation } from '../http/routing.ts';
import { listFindings, resolveFinding } from './audit.operations.ts';
import { findingSchema, type AuditAnswer, type FindingAnswer } from './audit.schema.ts';
import { choose, readAudit } from './audit-store.ts';

@Controller()
export class AuditController {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  @Operation(listFindings)
  async list(@Input() _input: object): Promise<AuditAnswer> {
    const { findings, repairs, passedAt } = await readAudit(this.#database);
    return {
      items: findings.flatMap((finding) => shown(finding).data ?? []),
      nextCursor: null,
      passedAt: isoOrNull(passedAt),
      repairs: repairs.map((note) => ({ ...note, at: isoOf(note.at), subjects: [...note.subjects] })),
    };
  }

  @Operation(resolveFinding)
  async resolve(@Input() { params, body }: InputOf<typeof resolveFinding>): Promise<FindingAnswer> {
    const finding = await choose(this.#database, params.kind, body.keep);
    const answer = finding === null ? undefined : shown(finding).data;
    if (answer !== undefined) return answer;
    const detail = 'No finding of this kind is open; list the findings to see what there is.';
    throw new ProblemError('QRT_FINDING_UNKNOWN', detail);
  }
}

/** One that a newer version has found may be of a kind that this one does not know. */
function shown(finding: AuditFinding): { readonly data?: FindingAnswer | undefined } {
  return findingSchema.safeParse({ ...finding, since: isoOf(finding.since) });
}
