/** Tells faults of the connection, which pass, from faults of what was written, which do not. */
import { isNativeError } from 'node:util/types';

const connectionFaults = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** SQLSTATE: too many connections, out of memory, shutting down, cancelled by a time limit, lock not to be had. */
const passingStates = new Set([
  '53300',
  '53200',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '55P03',
  '40001',
  '40P01',
  '25P03',
]);
/** What pg and its pool say without a code. */
const connectionSentences = [
  'connection terminated',
  'timeout exceeded when trying to connect',
  'client has encountered a connection error',
  'query read timeout',
  'not queryable',
  'driver not connected',
];

/** Whether the database may answer the same question a moment later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some(isDatabaseUnavailable)) return true;
  const code = codeOf(error);
  if (code === null) return isConnectionSentence(error.message);
  return connectionFaults.has(code) || passingStates.has(code) || code.startsWith('08');
}

function isConnectionSentence(message: string): boolean {
  return connectionSentences.some((sentence) => message.toLowerCase().includes(sentence));
}

/** Whether what was to be written is at fault (SQLSTATE classes 21, 22 and 23), and would be for ever. */
export function isDataFault(error: unknown): error is Error {
  return isNativeError(error) && /^2[123]...$/.test(codeOf(error) ?? '');
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
