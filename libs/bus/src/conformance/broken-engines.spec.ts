/** The suite itself under test: an engine with one thing wrong must fail, and every case must catch something. */
import { describe, expect, it } from '@jest/globals';
import { runCase, type ConformanceCase } from './case.stage.ts';
import { conformanceCases } from './cases.stage.ts';
import { brokenEngine, withGatherings, withSteps, type Defect } from './defects/defect.stage.ts';
import { logDefects } from './defects/log-defects.stage.ts';
import { stepDefects } from './defects/step-defects.stage.ts';
import { taskDefects } from './defects/task-defects.stage.ts';
import { simulatedEngine } from './simulated-engine.stage.ts';

/** Where something never comes the case waits for it in vain: a short while is enough. */
const engine = { ...simulatedEngine, patienceMs: 400 };
const defects = [...logDefects, ...taskDefects, ...stepDefects];

/** The simulated log lives in one process and in memory; what needs more is broken where an engine has it. */
const runnable = conformanceCases.filter(({ needs = [] }) => needs.length === 0);

function caseOf(words: string): ConformanceCase {
  const [found, ...others] = conformanceCases.filter(({ name }) => name.startsWith(words));
  if (found === undefined || others.length > 0) throw new Error(`not exactly one case begins with: ${words}`);
  return found;
}

describe('the conformance suite', () => {
  const findings = defects.flatMap((defect) => defect.noticedBy.map((words) => ({ defect, words })));
  // They wait, most of the time.
  it.concurrent.each(findings.map((finding) => [finding.defect.name, finding.words, finding] as const))(
    'sees that an engine %s when it %s',
    async (_defect, _case, { defect, words }) => {
      await expect(runCase(brokenEngine(engine, defect), caseOf(words))).rejects.toThrow();
    },
  );

  /** Else a wrapper that breaks everything would look as if each case had seen its defect. */
  const harmless: Defect = {
    name: 'has nothing wrong',
    noticedBy: [],
    breakLog: (log) =>
      withGatherings(
        withSteps(log, (step) => step),
        (gathering) => gathering,
      ),
  };
  it.each(runnable.map((one) => [one.name, one] as const))(
    'finds nothing wrong with an engine that is wrapped and %s',
    (_case, one) => runCase(brokenEngine(simulatedEngine, harmless), one),
    30_000,
  );

  it('has no case that nothing can fail', () => {
    const failing = new Set(findings.map(({ words }) => caseOf(words).name));
    expect(runnable.map(({ name }) => name).filter((name) => !failing.has(name))).toEqual([]);
  });
});
