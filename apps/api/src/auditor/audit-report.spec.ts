/** What is told of findings. */
import { describe, expect, it } from '@jest/globals';
import { auditFindingSchema } from '@quorate/contracts';
import { reportAfter } from './audit-report.ts';
import { findingKinds, type Area, type Finding, type FindingKind } from './finding.ts';

const everything: readonly Area[] = ['configuration', 'read-model', 'work'];
const finding = (kind: FindingKind, subject: string, detail = ''): Finding => {
  return { kind, subject, detail, evidence: '', repair: null };
};

describe('the report', () => {
  it('has one entry for each kind, with a few samples in order', () => {
    const subjects = ['f', 'e', 'd', 'c', 'b', 'a'];
    const findings = subjects.map((subject) => finding('monitor-unchecked', subject, subject.repeat(600)));
    const [entry, ...others] = reportAfter([], { findings, areas: everything, at: 7 });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'monitor-unchecked', count: 6, since: 7, title: '6 monitors are not checked' });
    expect(entry?.samples.map(({ subject }) => subject)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(auditFindingSchema.parse(entry)).toEqual(entry);
  });

  it('keeps since when, and drops what is not found any more', () => {
    const areas = everything;
    const first = reportAfter([], {
      findings: [finding('status-differs', 'a'), finding('row-missing', 'b')],
      areas,
      at: 1,
    });
    const second = reportAfter(first, { findings: [finding('row-missing', 'c')], areas, at: 2 });
    expect(second).toMatchObject([{ kind: 'row-missing', since: 1, title: '1 entity is on the log only' }]);
  });

  it('leaves alone what was not looked at', () => {
    const before = reportAfter([], { findings: [finding('status-differs', 'a')], areas: everything, at: 1 });
    expect(reportAfter(before, { findings: [], areas: ['configuration', 'work'], at: 2 })).toEqual(before);
    expect(reportAfter(before, { findings: [], areas: everything, at: 2 })).toEqual([]);
  });

  it.each(Object.keys(findingKinds) as FindingKind[])('has words for one and for many of %s', (kind) => {
    const { title, consequence, remedy } = findingKinds[kind];
    expect([title(1), title(2), consequence, remedy].every((words) => words.length > 10)).toBe(true);
  });
});
