/** Three ways to check an origin: the prober's own, and the two bare ones that it is compared with. */
import { bareNet } from './bare-net.ts';
import { bareUndici } from './bare-undici.ts';
import type { BenchCase, LoopName, Origins } from './case.ts';
import type { Loop } from './loop.ts';
import { quorateLoop } from './quorate-loop.ts';

const loops: Record<LoopName, (benchCase: BenchCase, origins: Origins) => Loop> = {
  quorate: quorateLoop,
  undici: bareUndici,
  net: bareNet,
};

export function createLoop(name: LoopName, benchCase: BenchCase, origins: Origins): Loop {
  return loops[name](benchCase, origins);
}
