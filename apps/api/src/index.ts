export { openApi, type WaitingApi } from './api-when-database.ts';
export { refusePing } from './gateway/ping-endpoint.ts';
export { startGateway, type RunningGateway } from './gateway/start-gateway.ts';
export { startApi, type ApiDependencies, type ApiTimings, type RunningApi } from './start-api.ts';
export { DatabaseRefusedError, DatabaseUnreachableError } from './database/errors.ts';
export type { DatabaseOptions } from './database/database.ts';
