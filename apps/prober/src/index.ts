export { performProbe } from './probes/probe.ts';
export { createSurroundings } from './probes/surroundings.ts';
export { startProber, type ProberDependencies } from './start-prober.ts';
export { ProbeQueue, probeQueueLimitsDefault } from './voting/probe-queue.ts';
