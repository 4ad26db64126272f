/** The conformance suite as a Jest suite: every engine runs the same cases. */
import { describe, it } from '@jest/globals';
import { runCase, type ConformanceCase } from './case.stage.ts';
import { conformanceCases } from './cases.stage.ts';
import type { LogEngine } from './engine.stage.ts';

/** The whole of a case may take this many times the engine's patience. */
const patienceFactor = 6;

/** A case on what an engine by its nature has not, such as a disk, is none of that engine's contract. */
function casesFor({ traits }: LogEngine): readonly ConformanceCase[] {
  return conformanceCases.filter(({ needs = [] }) => needs.every((trait) => traits.includes(trait)));
}

export function describeDurableLog(engine: LogEngine): void {
  describe(`the ${engine.name} log`, () => {
    for (const conformanceCase of casesFor(engine)) {
      it(conformanceCase.name, () => runCase(engine, conformanceCase), engine.patienceMs * patienceFactor);
    }
  });
}
