/** What an answer of the gRPC health service says of its target. Pure. */
import type { Reason } from '@quorate/contracts';
import { Failure } from '../attempt/failure.ts';
import type { CallAnswer } from '../grpc/call.ts';
import { decodeResponse, servingStatuses, type BodyFault } from '../grpc/health.ts';

const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];
const notFound = 5;
const unimplemented = 12;
const unavailable = 14;
const serving = servingStatuses.indexOf('SERVING');
const serviceUnknown = servingStatuses.indexOf('SERVICE_UNKNOWN');

const quotedCharactersMax = 200;

/** What a proxy says when nobody stands behind it. */
const statusesOfProxies = new Set([502, 503, 504]);

const bodyFaults: Readonly<Record<BodyFault, string>> = {
  empty: 'without a message',
  cut: 'with a message that is cut short',
  compressed: 'with a compressed message, though none was asked for',
  flag: 'with a message whose compression flag is neither 0 nor 1',
  surplus: 'with more than the one message that there is to a health check',
  malformed: 'with a message that is no HealthCheckResponse',
};

/** `grpc-message` is percent-encoded; what is not is taken as it is. */
function wordsOf({ headers, trailers }: CallAnswer): string {
  const text = String(trailers['grpc-message'] ?? headers['grpc-message'] ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isGrpc({ headers }: CallAnswer): boolean {
  return /^application\/grpc($|[+;])/i.test(headers['content-type'] ?? '');
}

function notGrpc({ httpStatus, headers }: CallAnswer): Failure {
  const type = headers['content-type'] ?? 'no content type';
  const reason = statusesOfProxies.has(httpStatus) ? 'grpc.unavailable' : 'grpc.protocol';
  return new Failure(reason, `answered with HTTP status ${httpStatus} and ${type}, which is no gRPC answer`);
}

function describe(service: string): string {
  return service === '' ? 'the server as a whole' : `the service ${JSON.stringify(service)}`;
}

function judgeStatus(status: number, words: string, service: string): Failure {
  const said = words === '' ? '' : `: ${JSON.stringify(words.slice(0, quotedCharactersMax))}`;
  switch (status) {
    case notFound:
      return new Failure(
        'grpc.unknown-service',
        `the target reports no health of ${describe(service)} (NOT_FOUND)${said}`,
      );
    case unimplemented:
      return new Failure('grpc.unimplemented', `the target has no health service (UNIMPLEMENTED)${said}`);
    case unavailable:
      return new Failure('grpc.unavailable', `the target says that it is not available (UNAVAILABLE)${said}`);
    default:
      return new Failure(
        'grpc.status',
        `the target answered ${statusNames[status] ?? 'with a status of its own'} (grpc-status ${status})${said}`,
      );
  }
}

function judgeServing(status: number, service: string): Failure | null {
  if (status === serving) return null;
  const reason: Reason = status === serviceUnknown ? 'grpc.unknown-service' : 'grpc.not-serving';
  return new Failure(
    reason,
    `the target reports ${servingStatuses[status] ?? `serving status ${status}`} for ${describe(service)}`,
  );
}

/** Null when the target says that it serves. */
export function judgeHealth(answer: CallAnswer, service: string): Failure | null {
  const { headers, trailers, body } = answer;
  if (!isGrpc(answer)) return notGrpc(answer);
  const status = String(trailers['grpc-status'] ?? headers['grpc-status'] ?? '');
  if (status === '')
    return new Failure('grpc.protocol', 'the answer ended without the grpc-status that says how it went');
  if (!/^\d{1,9}$/.test(status)) return new Failure('grpc.protocol', 'the grpc-status of the answer is no number');
  if (Number(status) !== 0) return judgeStatus(Number(status), wordsOf(answer), service);
  const serves = decodeResponse(body);
  if (typeof serves === 'string') return new Failure('grpc.protocol', `the target answered OK ${bodyFaults[serves]}`);
  return judgeServing(serves, service);
}

/** What a failure's excerpt shows: the target's own words, or the page of whoever answered instead. */
export function healthText(answer: CallAnswer): string {
  return isGrpc(answer) ? wordsOf(answer) : answer.body.toString('utf8');
}
