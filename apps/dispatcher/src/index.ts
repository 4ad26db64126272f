export { startDispatcher, type DispatcherDependencies, type DispatcherTimings } from './start-dispatcher.ts';
