/** What the auditor found amiss between log and database and could not put right: one condition for each kind. */
import { timeOf, type AuditFinding } from '@quorate/contracts';
import type { Condition } from './condition.ts';
import type { PlatformFacts } from './facts.ts';

const detailCharactersMax = 2_000;

function detailOf({ since, samples }: AuditFinding): string {
  const found = samples.map(({ subject, detail }) => `${subject}: ${detail}`).join(' ');
  return `Found since ${timeOf(since)}. ${found}`.slice(0, detailCharactersMax).trimEnd();
}

export function auditConditions({ findings }: PlatformFacts): Condition[] {
  return findings.map((finding) => {
    const { kind, title, severity, consequence, remedy, since } = finding;
    const words = { title, severity, consequence, remedy, detail: detailOf(finding) };
    return { key: `audit:${kind}`, ...words, since, regions: [], isExplained: false };
  });
}
