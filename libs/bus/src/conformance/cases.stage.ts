/** Every case that an engine must pass. */
import type { ConformanceCase } from './case.stage.ts';
import { appendCases } from './cases/append.stage.ts';
import { followCases } from './cases/follow.stage.ts';
import { groupCases } from './cases/groups.stage.ts';
import { positionCases } from './cases/positions.stage.ts';
import { pressureCases } from './cases/pressure.stage.ts';
import { recoveryCases } from './cases/recovery.stage.ts';
import { stepCases } from './cases/steps.stage.ts';
import { tableCases } from './cases/tables.stage.ts';

export const conformanceCases: readonly ConformanceCase[] = [
  ...appendCases,
  ...groupCases,
  ...stepCases,
  ...positionCases,
  ...tableCases,
  ...recoveryCases,
  ...followCases,
  ...pressureCases,
];
