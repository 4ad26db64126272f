export { startScheduler, type SchedulerDependencies } from './start-scheduler.ts';
