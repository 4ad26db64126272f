export { startApi, type ApiDependencies, type ApiTimings, type RunningApi } from './start-api.ts';
export { DatabaseRefusedError, DatabaseUnreachableError } from './database/errors.ts';
export type { DatabaseOptions } from './database/database.ts';
