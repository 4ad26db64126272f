export {
  ConfigurationError,
  readConfiguration,
  type ConfigurationFault,
  type Contradiction,
  type Environment,
} from './configuration.ts';
export { DirectoryWatch } from './directory-watch.ts';
export { configurationExitCode, crashExitCode, describeFailure, exitCodeOf } from './failure.ts';
export { instanceName } from './instance.ts';
export { endOnFatal, live, type Closing, type Life } from './lifecycle.ts';
export { openLog, type LogSettings } from './open-log.ts';
export {
  answerOperations,
  listenFault,
  serveOperations,
  type HealthByName,
  type OperationsAnswer,
  type OperationsServer,
  type OtherRoutes,
} from './operations.ts';
export { RegionWatch } from './region-watch.ts';
export { runService, type ServiceDefinition, type ServiceStart } from './run-service.ts';
export { SecretBox, SecretUnreadableError, secretKeyBytes, type SecretPlace } from './secret-box.ts';
export type { RunningService, ServiceHealth } from './service.ts';
export { processSettingsSchema, settingNames, settings, type ProcessSettings } from './settings.ts';
export { version } from './version.ts';
