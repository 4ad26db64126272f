/** Writes every failure of a request as a problem document. What is not ours to explain is logged, never shown. */
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { BusUnavailableError } from '@quorate/bus';
import type { Logger } from '@quorate/telemetry';
import type { Request, Response } from 'express';
import { isDatabaseUnavailable } from '../database/database-error.ts';
import { ProblemError } from './problem.ts';
import { currentRequestId } from './request-context.ts';

/** What body-parser, the router and Nest throw; each has a status. */
interface StatusError {
  readonly status: number;
  readonly message: string;
}

const retryAfterSeconds = '5';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;
  /** The methods that a path takes, for the answer 405. */
  readonly #methodsOf: (path: string) => readonly string[];

  constructor(logger: Logger, methodsOf: (path: string) => readonly string[]) {
    this.#logger = logger;
    this.#methodsOf = methodsOf;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const problem = this.#problemOf(error, request);
    if (problem.code === 'QRT_INTERNAL') {
      this.#logger.error('A request failed', { error, requestId: currentRequestId(), method: request.method });
    }
    answer(http.getResponse<Response>(), problem);
  }

  #problemOf(error: unknown, request: Request): ProblemError {
    if (error instanceof ProblemError) return error;
    if (isDatabaseUnavailable(error)) return unavailable('QRT_DATABASE_UNAVAILABLE', error);
    if (error instanceof BusUnavailableError) return unavailable('QRT_LOG_UNAVAILABLE', error);
    const status = statusOf(error);
    return status === null ? internal(error) : this.#problemOfStatus(status, request);
  }

  #problemOfStatus({ status, message }: StatusError, request: Request): ProblemError {
    switch (status) {
      case 404:
        return this.#unrouted(request);
      case 413:
        return new ProblemError('QRT_BODY_TOO_LARGE', 'The body may have at most 1 MiB; send less.');
      case 415:
        return new ProblemError('QRT_MEDIA_TYPE_UNSUPPORTED', 'Send the body without a content encoding.');
      default:
        if (status >= 400 && status < 500) return new ProblemError('QRT_REQUEST_MALFORMED', message.slice(0, 200));
        return internal(message);
    }
  }

  #unrouted(request: Request): ProblemError {
    const methods = this.#methodsOf(request.path);
    if (methods.length === 0) {
      return new ProblemError('QRT_ROUTE_UNKNOWN', 'Nothing answers at this path; /docs lists every route.');
    }
    const allow = methods.join(', ');
    return new ProblemError('QRT_METHOD_NOT_ALLOWED', `This route takes ${allow}.`, { headers: { Allow: allow } });
  }
}

function statusOf(error: unknown): StatusError | null {
  if (error instanceof HttpException) return { status: error.getStatus(), message: error.message };
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  return { status: error.status, message: error.message };
}

function unavailable(code: 'QRT_DATABASE_UNAVAILABLE' | 'QRT_LOG_UNAVAILABLE', cause: unknown): ProblemError {
  return new ProblemError(code, 'Monitoring and paging go on without it; try again in a moment.', {
    headers: { 'Retry-After': retryAfterSeconds },
    cause,
  });
}

function internal(cause: unknown): ProblemError {
  return new ProblemError('QRT_INTERNAL', 'The server log says more under the X-Request-Id of this answer.', { cause });
}

function answer(response: Response, problem: ProblemError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.status(problem.status).set(problem.headers);
  response.type('application/problem+json').send(JSON.stringify(problem.toDocument()));
}
