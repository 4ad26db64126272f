/** One pass of the auditor: look, wait for the second sight, put right, and say what is left. */
import type { AuditFinding, Instant } from '@quorate/contracts';
import { reportAfter } from './audit-report.ts';
import type { RepairNote } from './audit.entity.ts';
import { asChosen, stillChosen, type Chosen } from './choice.ts';
import { findDifferences } from './find-differences.ts';
import type { Area, Finding, FindingKind } from './finding.ts';
import { readContents } from './log-contents.ts';
import { laggingPartitions } from './projector-lag.ts';
import { repairAll, type RepairTools } from './repairs.ts';
import type { TwoPasses } from './two-passes.ts';

const subjectsNotedMax = 5;

export interface PassTools extends RepairTools {
  readonly catchUpMsMax: number;
}

interface Before {
  readonly passes: TwoPasses;
  readonly findings: readonly AuditFinding[];
  readonly chosen: Chosen;
}

export interface PassResult {
  readonly at: Instant;
  readonly findings: readonly AuditFinding[];
  readonly repairs: readonly RepairNote[];
  readonly chosen: Chosen;
  /** Whether something was seen for the first time. */
  readonly sawNew: boolean;
}

export async function makePass(tools: PassTools, { passes, findings, chosen }: Before): Promise<PassResult> {
  const { seen, areas } = await look(tools);
  const confirmed = passes.confirm(seen, areas);
  const decided = confirmed.findings.map((finding) => asChosen(finding, chosen));
  const open = decided.filter((finding) => isLeft(finding, passes));
  const attempted = decided.filter(isAttempted);
  const repaired = await repairAll(tools, attempted);
  for (const finding of attempted) passes.attempted(finding);
  const at = tools.log.now();
  return {
    at,
    findings: reportAfter(findings, { findings: open, areas, at }),
    repairs: notesOf(repaired, at),
    chosen: stillChosen(chosen, seen, confirmed.findings),
    sawNew: confirmed.newCount > 0,
  };
}

/** What the log holds is read first, so that the database, read later, has had the time to hear of it. */
async function look(tools: PassTools): Promise<{ seen: readonly Finding[]; areas: readonly Area[] }> {
  const { log, database, signal, catchUpMsMax } = tools;
  const contents = await readContents(log, signal);
  const lagging = await laggingPartitions({ log, database, signal, patienceMs: catchUpMsMax });
  const isReadModelCurrent = lagging.length === 0;
  const seen = await findDifferences({ database, contents, now: log.now(), isReadModelCurrent });
  if (isReadModelCurrent) return { seen, areas: ['configuration', 'read-model', 'work'] };
  return { seen: [...seen, ...lagging.map(behind)], areas: ['configuration', 'work'] };
}

function behind(partition: string): Finding {
  const detail = 'It had not taken in what the log held a while before.';
  return { kind: 'read-model-behind', subject: partition, evidence: '', detail, repair: null };
}

/** What the auditor cannot put right, and what came back or stayed after it had tried. */
function isLeft(finding: Finding, passes: TwoPasses): boolean {
  return !isAttempted(finding) || passes.wasAttempted(finding);
}

function isAttempted({ repair }: Finding): boolean {
  return repair !== null && repair.type !== 'choose';
}

function notesOf(repaired: ReadonlySet<Finding>, at: Instant): RepairNote[] {
  const byKind = Map.groupBy(repaired, ({ kind }): FindingKind => kind);
  return [...byKind].map(([kind, of]) => ({
    at,
    kind,
    count: of.length,
    subjects: of.slice(0, subjectsNotedMax).map(({ subject }) => subject),
  }));
}
