/** What is told of the findings that are left: one entry for each kind, with a few of them as samples. */
import { auditDetailCharactersMax, auditSamplesMax, type AuditFinding, type Instant } from '@quorate/contracts';
import { findingKinds, type Area, type Finding, type FindingKind } from './finding.ts';

interface Passed {
  readonly findings: readonly Finding[];
  /** What this pass has looked at; entries of other areas stay. */
  readonly areas: readonly Area[];
  readonly at: Instant;
}

/** The entries after a pass. `before` are those after the pass before it. */
export function reportAfter(before: readonly AuditFinding[], { findings, areas, at }: Passed): AuditFinding[] {
  const sinceOf = new Map(before.map(({ kind, since }) => [kind, since]));
  const found = Map.groupBy(findings, ({ kind }) => kind);
  return kindNames.flatMap((kind) => {
    if (!areas.includes(findingKinds[kind].area)) return before.filter((entry) => entry.kind === kind);
    const of = found.get(kind);
    return of === undefined ? [] : [entryOf(kind, of, sinceOf.get(kind) ?? at)];
  });
}

const kindNames = Object.keys(findingKinds) as FindingKind[];

function entryOf(kind: FindingKind, findings: readonly Finding[], since: Instant): AuditFinding {
  const { title, severity, consequence, remedy } = findingKinds[kind];
  const samples = findings.toSorted((one, other) => (one.subject < other.subject ? -1 : 1)).slice(0, auditSamplesMax);
  return {
    kind,
    count: findings.length,
    since,
    title: title(findings.length),
    severity,
    consequence,
    remedy,
    samples: samples.map(({ subject, detail }) => ({ subject, detail: detail.slice(0, auditDetailCharactersMax) })),
  };
}
