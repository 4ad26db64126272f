/** Every case that an engine must pass. */
import type { ConformanceCase } from './case.ts';
import { appendCases } from './cases/append.ts';
import { followCases } from './cases/follow.ts';
import { groupCases } from './cases/groups.ts';
import { positionCases } from './cases/positions.ts';
import { pressureCases } from './cases/pressure.ts';
import { recoveryCases } from './cases/recovery.ts';
import { stepCases } from './cases/steps.ts';
import { tableCases } from './cases/tables.ts';

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
