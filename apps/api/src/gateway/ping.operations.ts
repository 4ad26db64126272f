/** The ping URLs, as they are documented. The gateway answers them itself (`ping-endpoint.ts`). */
import { z } from 'zod';
import { operation, type Method, type OperationDefinition } from '../http/operation.ts';

const token = z
  .string()
  .min(1)
  .max(64)
  .describe('As the monitor has it in `heartbeat.token`. It is all the authentication there is.');
const exitCode = z.int().min(0).max(255);

const common = {
  tag: 'Heartbeats',
  isPublic: true,
  isPing: true,
  unknown: 'QRT_PING_UNKNOWN',
  problems: ['QRT_PINGS_TOO_MANY', 'QRT_LOG_UNAVAILABLE', 'QRT_INTERNAL'],
  answer: { status: 200, description: 'The ping is on the log.', mediaType: 'text/plain', example: 'OK' },
} as const;

const words = [
  {
    path: '',
    id: 'Succeeded',
    params: z.strictObject({ token }),
    summary: 'Tells that a run of the job has succeeded',
  },
  {
    path: '/start',
    id: 'Started',
    params: z.strictObject({ token }),
    summary: 'Tells that a run of the job has begun',
  },
  {
    path: '/fail',
    id: 'Failed',
    params: z.strictObject({ token }),
    summary: 'Tells that a run of the job has failed',
    description: 'The last 1,024 characters of a body, of any type, are kept and shown.',
  },
  {
    path: '/{exitCode}',
    id: 'Ended',
    params: z.strictObject({ token, exitCode }),
    summary: 'Tells how a run of the job has ended: 0 is a success',
    description: 'The last 1,024 characters of a body, of any type, are kept and shown when it is none.',
  },
] as const;

function operationsBy(method: Extract<Method, 'GET' | 'POST'>): OperationDefinition[] {
  return words.map(({ path, id, ...word }) =>
    operation({ ...common, ...word, route: `${method} /heartbeats/{token}${path}`, id: `ping${id}By${method}` }),
  );
}

/** `HEAD` does what `GET` does. */
export const pingOperations: readonly OperationDefinition[] = [...operationsBy('GET'), ...operationsBy('POST')];
