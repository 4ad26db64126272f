export { startProber, type ProberDependencies } from './start-prober.ts';
