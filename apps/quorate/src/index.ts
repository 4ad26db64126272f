export { readQuorateConfiguration, type QuorateConfiguration } from './quorate.config.ts';
export { startSystem, type RunningSystem, type SystemSettings } from './start-system.ts';
